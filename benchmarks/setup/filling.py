"""SQL that fills a service's database with twenty events for each of many persons.

Indexes are dropped before and created after, which takes a fraction of the time. `md5` spreads the ids of
persons and movements; ids of events and receipts begin with their time, as in production (UUID v7). The
events of a person are scattered over the table, as they would be after years.
"""

import random
import uuid
from collections.abc import Iterator
from hashlib import md5
from typing import Final

import msgspec

from benchmarks.setup.example_events import FINESS, FIRST, MARK, events_of
from services.pathway.domain.fold import fold
from services.pathway.domain.rules import RULES
from shared.events.registry import TYPES

EVENTS_PER_PERSON: Final = 20
LARGE_PERSON: Final = uuid.UUID(int=1)
LARGE_PERSON_EVENTS: Final = 10_000
_RECORD_BYTES: Final = 400

Statement = tuple[str, tuple[object, ...]]

_SINCE_1970_MS: Final = int(FIRST.timestamp() * 1000)


def _v7(name: str) -> str:
    """SQL for an id of the k-th event of the n-th person, who has one millisecond of each day."""
    moment = f"lpad(to_hex({_SINCE_1970_MS} + k * 86400000::bigint + n), 12, '0')"
    return f"({moment} || '7' || left(md5({name}), 3) || 'a' || right(md5({name}), 15))::uuid"


_EVENT_ID: Final = _v7("n || '/' || k")
_RECEIPT_ID: Final = _v7("n || '#' || k")

_PATHWAYS: Final = """
INSERT INTO pathways (person_id, document)
SELECT md5(n::text)::uuid, replace($2, $3, lpad(to_hex(n), 8, '0'))::json
FROM generate_series(1, $1::int) AS n
"""
_MOVEMENT_EVENTS: Final = f"""
INSERT INTO movement_events
    (event_id, person_id, establishment, movement_id, sequence, type, recorded_at, data)
SELECT {_EVENT_ID}, md5(n::text)::uuid, $2, md5(n || '-' || k)::uuid, k, ($3::text[])[k],
    $4::timestamptz + k * interval '1 day',
    convert_to(replace(($5::text[])[k], $6, lpad(to_hex(n), 8, '0')), 'UTF8')
FROM generate_series(1, 20) AS k, generate_series(1, $1::int) AS n
"""  # noqa: S608
_PERSONS: Final = """
INSERT INTO persons SELECT md5(n::text)::uuid, sha256(n::text::bytea) || sha256(n::text::bytea)
FROM generate_series(1, $1::int) AS n
"""
_IDENTIFIERS: Final = """
INSERT INTO identifiers SELECT sha256((n || '+' || k)::bytea), md5(n::text)::uuid
FROM generate_series(1, $1::int) AS n, generate_series(1, 2) AS k
"""
_SUBJECTS: Final = "INSERT INTO subjects SELECT md5(n::text)::uuid, 20 FROM generate_series(1, $1::int) AS n"
_LEDGER: Final = f"""
INSERT INTO ledger (event_id, subject, sequence, type, occurred_at, recorded_at, data)
SELECT {_EVENT_ID}, md5(n::text)::uuid, k, $2,
    $3::timestamptz + k * interval '1 day', $3::timestamptz + k * interval '1 day', $4
FROM generate_series(1, 20) AS k, generate_series(1, $1::int) AS n
"""  # noqa: S608
_SUBMISSIONS: Final = f"""
INSERT INTO submissions
    (source_id, source_event_id, content_sha256, receipt_id, event_id, establishment, marks, record)
SELECT md5((n % 300)::text)::uuid, md5(n || '*' || k), sha256((n || '*' || k)::bytea),
    {_RECEIPT_ID}, {_EVENT_ID}, $2, '{{}}', $3
FROM generate_series(1, 20) AS k, generate_series(1, $1::int) AS n
"""  # noqa: S608


def statements(service: str, persons: int) -> Iterator[Statement]:
    """The statements, to be executed in order on a migrated database."""
    yield from (_admission(persons) if service == "admission" else _pathway(persons))


def person_id(number: int) -> uuid.UUID:
    """The id of the n-th person, counted from 1, as the statements compute it."""
    return uuid.UUID(md5(str(number).encode(), usedforsecurity=False).hexdigest())


def _pathway(persons: int) -> Iterator[Statement]:
    yield "ALTER TABLE movement_events DROP CONSTRAINT movement_events_pkey", ()
    yield "DROP INDEX ix_movement_events_person_id", ()
    events = events_of(LARGE_PERSON, EVENTS_PER_PERSON)
    payloads = [msgspec.json.encode(event.data).decode() for event in events]
    types = [TYPES[type(event.data)] for event in events]
    yield _PATHWAYS, (persons, msgspec.json.encode(fold(events, RULES)).decode(), MARK)
    yield _MOVEMENT_EVENTS, (persons, FINESS, types, FIRST, payloads, MARK)
    large = fold(events_of(LARGE_PERSON, LARGE_PERSON_EVENTS), RULES)
    yield "INSERT INTO pathways VALUES ($1, $2)", (LARGE_PERSON, msgspec.json.encode(large).decode())
    yield "ALTER TABLE movement_events ADD PRIMARY KEY (event_id)", ()
    yield "CREATE INDEX ix_movement_events_person_id ON movement_events (person_id)", ()


def _admission(persons: int) -> Iterator[Statement]:
    yield "ALTER TABLE submissions DROP CONSTRAINT submissions_pkey", ()
    yield "ALTER TABLE submissions DROP CONSTRAINT submissions_receipt_id_key", ()
    yield "ALTER TABLE ledger DROP CONSTRAINT ledger_event_id_key", ()
    yield "ALTER TABLE ledger DROP CONSTRAINT ledger_subject_sequence_key", ()
    for statement in (_PERSONS, _IDENTIFIERS, _SUBJECTS):
        yield statement, (persons,)
    event = events_of(LARGE_PERSON, 1)[0].data
    yield _LEDGER, (persons, TYPES[type(event)], FIRST, msgspec.json.encode(event))
    record = random.Random(1).randbytes(_RECORD_BYTES)  # noqa: S311 - filling, not a secret
    yield _SUBMISSIONS, (persons, FINESS, record)
    yield "ALTER TABLE submissions ADD PRIMARY KEY (source_id, source_event_id)", ()
    yield "ALTER TABLE submissions ADD UNIQUE (receipt_id)", ()
    yield "ALTER TABLE ledger ADD UNIQUE (event_id)", ()
    yield "ALTER TABLE ledger ADD UNIQUE (subject, sequence)", ()
