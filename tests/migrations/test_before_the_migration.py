"""New code on the schema before its migration loses nothing: what it cannot do stops it, and is done after.

A deploy migrates first. Where a process is faster than the migration, nothing may be parked, which is for
events that are wrong, and nothing skipped.
"""

import asyncio
import importlib
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import asyncpg
import msgspec
import pytest
from alembic.script import ScriptDirectory

from shared.database.migrations import configuration, migrate
from shared.events.registry import PAYLOADS, PUBLISHED, TYPES
from shared.spine.inbox.applier import Applier
from shared.spine.records.incoming import IncomingRecord
from shared.spine.records.pulled import LedgerEvent, as_incoming
from shared.spine.service.definition import AnyService
from shared.spine.service.opening import open_service
from tests.migrations.test_stairway import PROJECT, SERVICES

pytestmark = pytest.mark.services

GOLDEN = sorted((PROJECT / "tests" / "contract" / "golden").glob("*.json"))
PERSON = UUID("0197f3a2-0000-7000-8000-0000000000aa")
SOURCE = UUID("0197f3a2-0000-7000-8000-000000000003")
"""Whose the keys of the examples are: the subject of what is said of them."""
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
ENVIRONMENT = {
    "RELAIS_KAFKA_BOOTSTRAP": "127.0.0.1:1",
    "RELAIS_MASTER_KEY": b64encode(bytes(32)).decode(),
    "RELAIS_SMS_URL": "http://127.0.0.1:1/sendsms",
    "RELAIS_SMS_USERNAME": "relais",
    "RELAIS_SMS_PASSWORD": "secret",
    "RELAIS_SMTP_HOST": "127.0.0.1",
    "RELAIS_SMTP_PORT": "1",
    "RELAIS_MAIL_FROM": "relais@exemple.fr",
    "RELAIS_PUBLIC_URL": "http://127.0.0.1:1",
}
# What a database says of a column, a table or a function that the code knows and it does not.
UNKNOWN_THERE = (asyncpg.UndefinedColumnError, asyncpg.UndefinedTableError, asyncpg.UndefinedFunctionError)

Held = dict[str, int]


def _service(name: str) -> AnyService:
    service: AnyService = importlib.import_module(f"services.{name}.wiring").SERVICE
    return service


CONSUMING = [name for name in SERVICES if _service(name).consumes]


def _event(publisher: str, golden: Path, sequence: int) -> IncomingRecord:
    type_ = next(type_ for type_ in PAYLOADS if golden.name.startswith(f"{type_}."))
    event = LedgerEvent(
        event_id=uuid5(PERSON, golden.name),
        subject=_subject(golden),
        sequence=sequence,
        type=type_,
        occurred_at=BEGAN + timedelta(minutes=sequence),
        recorded_at=BEGAN + timedelta(minutes=sequence),
        data=msgspec.Raw(golden.read_bytes()),
    )
    return as_incoming(publisher, event)


def _subject(golden: Path) -> UUID:
    return SOURCE if ".access-" in golden.name else PERSON


def _events(service: AnyService) -> list[IncomingRecord]:
    """The golden examples of all that the service consumes, as if one person's and one source's."""
    events: list[IncomingRecord] = []
    for publisher in service.publishers:
        types = tuple(f"{TYPES[payload]}." for payload in PUBLISHED[publisher])
        mine = [golden for golden in GOLDEN if golden.name.startswith(types)]
        for subject in (SOURCE, PERSON):
            theirs = [golden for golden in mine if _subject(golden) == subject]
            events += [_event(publisher, golden, sequence) for sequence, golden in enumerate(theirs, 1)]
    return events


async def _apply(service: AnyService, database_url: str, events: Sequence[IncomingRecord]) -> Held:
    """Apply one by one what the database can take; what it holds afterwards."""
    settings = service.settings.of({**ENVIRONMENT, "RELAIS_DATABASE_URL": database_url})
    async with open_service(service, settings) as opened:
        assert service.consumes is not None
        pool = opened.spine.pool
        applier = Applier(pool, routes=service.consumes.routes, dependencies=opened.dependencies)
        for event in events:
            try:
                await applier.apply_pulled([event])
            except UNKNOWN_THERE:
                continue
        count = "SELECT (SELECT count(*) FROM inbox) AS applied, (SELECT count(*) FROM parked) AS parked"
        return dict(await pool.fetchrow(count))


@pytest.mark.parametrize("name", CONSUMING)
def test_what_the_schema_before_cannot_take_is_applied_after_the_migration(
    name: str, create_database: Callable[..., str]
) -> None:
    service, events = _service(name), _events(_service(name))
    wanted = asyncio.run(_apply(service, create_database(name), events))

    database_url = create_database()
    history = ScriptDirectory.from_config(configuration(name))
    head = history.get_revision("head")
    assert head is not None
    migrate(name, database_url, revision=str(head.down_revision))
    before = asyncio.run(_apply(service, database_url, events))
    assert before["parked"] <= wanted["parked"]
    migrate(name, database_url)
    assert asyncio.run(_apply(service, database_url, events)) == wanted
    assert wanted["applied"] == len(events) - wanted["parked"] > 0
