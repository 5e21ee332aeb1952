"""Every operation of every service as it is served: what each answer leaves in the audit.

The routes and the callers are those of the policy's matrix (`tests/security/policy/test_doors.py`). Behind
the door nothing is connected, so what an access becomes there is said for each status by itself.
"""

import re
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import httpx
import pytest

from shared.security.audit.access import AUDITOR, Access
from shared.security.audit.entry import Entry
from shared.security.authentication import AUTHENTICATOR
from shared.security.policy.decide import refusal_at_door
from shared.security.policy.operations import AUDITS, RULES, Operation
from shared.spine.audit.chains import Chains
from shared.spine.audit.journal import Journal
from tests.security.policy.keys import NOW
from tests.security.policy.test_doors import KNOWN, ROUTES, SERVICES, VALUES, KnownKeys, apps_of

PERSON: Final = UUID(int=1)
AUDITED_OPERATIONS: Final = sorted(operation for operation, audit in AUDITS.items() if audit != "none")
AUDITED: Final = [route for route, operation in ROUTES.items() if AUDITS[operation] != "none"]


class _Kept(Journal):
    """Keeps in memory what would be written."""

    def __init__(self) -> None:
        super().__init__(None, Chains(), lambda: NOW)  # type: ignore[arg-type]
        self.entries: list[Entry] = []

    async def write(self, entries: Sequence[Entry]) -> None:
        self.entries += entries


APPS: Final = {name: app for service in SERVICES for name, app in apps_of(service).items()}


async def left_by(route: str, name: str) -> tuple[int, list[Entry]]:
    """The status that this key is answered on the route, and the entries that it leaves."""
    service, method, path = route.split()
    app, kept = APPS[service], _Kept()
    AUTHENTICATOR.set(app, KnownKeys())
    AUDITOR.set(app, kept)
    url = re.sub(r"\{(\w+)\}", lambda found: VALUES.get(found[1], str(PERSON)), path)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://relais.test") as client:
        answer = await client.request(method, url, headers={"authorization": f"Bearer {name}"})
    return answer.status_code, kept.entries


def test_only_what_concerns_no_person_leaves_nothing() -> None:
    unrecorded = [route for route, operation in ROUTES.items() if AUDITS[operation] == "none"]
    assert [route for route in unrecorded if "{person_id}" in route] == []
    assert set(AUDITS) == set(RULES)


@pytest.mark.parametrize("route", AUDITED)
async def test_a_refusal_at_the_door_is_recorded(route: str) -> None:
    operation = ROUTES[route]
    refused = [name for name, key in KNOWN.items() if refusal_at_door(key, operation) is not None]
    for name in refused[:2]:
        status, entries = await left_by(route, name)
        assert status == 403
        assert [(one.operation, one.stage, one.source_id) for one in entries] == [
            (operation, "refused", KNOWN[name].source_id)
        ]
        assert entries[0].why == refusal_at_door(KNOWN[name], operation)


@pytest.mark.parametrize("route", [route for route in AUDITED if AUDITS[ROUTES[route]] == "change"])
async def test_a_change_is_recorded_before_it_is_made(route: str) -> None:
    operation = ROUTES[route]
    admitted = next(name for name, key in KNOWN.items() if refusal_at_door(key, operation) is None)
    _, entries = await left_by(route, admitted)
    assert entries[0].stage == "asked"
    assert entries[0].operation == operation
    if "{person_id}" in route:
        assert entries[0].person_id == PERSON


@pytest.mark.parametrize("operation", AUDITED_OPERATIONS)
def test_every_answer_that_tells_or_refuses_leaves_an_entry(operation: Operation) -> None:
    access = Access(None, operation, {"person_id": str(PERSON)})
    with_commit = AUDITS[operation] == "with_commit"
    assert access.stage_of(200) == (None if with_commit else "done")
    assert access.stage_of(403) == access.stage_of(404) == "refused"
    assert access.stage_of(422) == ("failed" if access.changes else None)
    assert [one.person_id for one in access.entries("done", at=NOW)] == [PERSON]
