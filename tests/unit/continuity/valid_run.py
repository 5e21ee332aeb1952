"""A valid run, written by hand: one person, three movements, one carer, one malformed record.

Each test changes one thing and looks at the checker's verdict.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.reading.databases import CONSUMED, Event, Stored
from tests.continuity.checker.reading.journals import Carer, Run
from tests.continuity.checker.reading.topics import Record

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PERSON, CARER, MEMBER = "person-1", "carer-1", "member-1"
PHONE = "+33639981001"
HOSPITAL, HOME = "750000002", "940000045"

Rows = dict[str, list[dict[str, Any]]]


def _data(movement: str, kind: str, establishment: str, minutes: int, **more: Any) -> dict[str, Any]:
    when = (NOON + timedelta(minutes=minutes)).isoformat()
    said = {"movement_id": movement, "stay_id": f"stay-{establishment}", "kind": kind}
    return {**said, "establishment": establishment, "occurred_at": when, "emitted_at": when, **more}


@dataclass
class Case:
    """A run that tests change before they take its `evidence`."""

    clients: list[dict[str, Any]] = field(default_factory=list)
    gateway: list[dict[str, Any]] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    """Request id -> when the gateway answered; `gateway` holds the requests."""
    faults: list[dict[str, Any]] = field(default_factory=list)
    deaths: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    watched: list[dict[str, Any]] = field(default_factory=list)
    quiesced_at: datetime = NOON
    load_began_at: datetime = NOON - timedelta(hours=1)
    ledgers: dict[str, list[Event]] = field(default_factory=dict)
    tables: dict[str, Rows] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    leaves_at: datetime | None = None
    revoked_at: datetime | None = None
    secrets: list[str] = field(default_factory=lambda: ["ZZSECRETNAME", "1 85 05 78"])

    def rows(self, service: str, table: str) -> list[dict[str, Any]]:
        return self.tables[service].setdefault(table, [])

    @property
    def evidence(self) -> Evidence:
        carer = Carer(
            person_id=PERSON,
            carer_id=CARER,
            phone=PHONE,
            joined_at=NOON,
            leaves_at=self.leaves_at,
            revoked_at=self.revoked_at,
        )
        run = Run(
            clients=tuple(self.clients),
            gateway=(*self.gateway, *({"replied": key, "at": at} for key, at in self.replies.items())),
            faults=tuple(self.faults),
            about={
                "secrets": self.secrets,
                "deaths": self.deaths,
                "quiesced_at": self.quiesced_at.isoformat(),
                "began_at": (NOON - timedelta(hours=2)).isoformat(),
                "load_began_at": self.load_began_at.isoformat(),
            },
            watched=tuple(self.watched),
            circle=(carer,),
        )
        stored = {
            service: Stored(
                now=NOON + timedelta(minutes=30),
                ledger=tuple(self.ledgers.get(service, ())),
                tables={name: tuple(rows) for name, rows in tables.items()},
            )
            for service, tables in self.tables.items()
        }
        return Evidence(run=run, stored=stored, records=tuple(self.records))


Violation = Callable[[Case], None]
"""Changes a run so that it violates one invariant."""


def valid_run() -> Case:
    """An admission, a transfer to a home and the arrival; the carer is told of the first and the last."""
    case = Case(tables={service: {} for service in ("admission", *CONSUMED)})
    _states(case)
    _arrives(case)
    _tells(case)
    _publishes_and_applies(case)
    poison = {"at": _at(1), "kind": "poison", "target": "relais.admission"}
    case.faults += [{**poison, "event_id": "broken", "key": "1"}, {**poison, "event_id": None, "key": "2"}]
    parked = {"state": "parked", "topic": "relais.admission"}
    broken = {**parked, "event_id": "broken", "subject": "elsewhere", "publisher": "admission", "key": "1"}
    unreadable = {**parked, "event_id": None, "subject": None, "publisher": None, "key": "2"}
    for consumer in CONSUMED:
        # The second was sent twice: the broker's first answer did not come.
        case.rows(consumer, "parked").extend(
            [
                {**broken, "reason": "wrong payload"},
                *[{**unreadable, "reason": "unreadable headers"} for _ in range(2)],
            ]
        )
    return case


def _at(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat()


def _states(case: Case) -> None:
    to_home = {"mode": "transfer", "establishment": HOME}
    said = [
        ("patient-admitted", _data("movement-1", "admission", HOSPITAL, 1)),
        ("patient-transferred", _data("movement-2", "transfer", HOSPITAL, 2, destination=to_home)),
        (
            "patient-admitted",
            _data("movement-3", "admission", HOME, 3, origin={"mode": "transfer", "establishment": HOSPITAL}),
        ),
    ]
    for number, (type_, data) in enumerate(said, start=1):
        event_id = f"event-{number}"
        case.ledgers.setdefault("admission", []).append(
            _event(event_id, PERSON, number, f"relais.admission.{type_}.v1", data)
        )
        submitted = {"source_event_id": f"source-{number}", "event_id": event_id, "sha256": f"sha-{number}"}
        case.rows("admission", "submissions").append({**submitted, "source_id": "source"})
        sent = {"source_event_id": f"source-{number}", "body_sha256": f"sha-{number}", "person": "P1"}
        case.clients.append({**sent, "what": "send", "stated": {**data, "action": "insert"}})
        answer = {"what": "answer", "status": 202, "event_id": event_id, "person_id": PERSON}
        case.clients.append({**sent, **answer, "content_sha256": sent["body_sha256"]})
        entry = {"access_id": f"access-{number}", "operation": "state_movement", "stage": "done"}
        by = {"key_id": None, "establishment": None}
        case.rows("admission", "accesses").append({**entry, **by, "person_id": PERSON, "object_id": event_id})


def _event(event_id: str, subject: str, sequence: int, type_: str, data: dict[str, Any]) -> Event:
    when = datetime.fromisoformat(data.get("occurred_at", _at(5)))
    return Event(
        id=sequence,
        event_id=event_id,
        subject=subject,
        sequence=sequence,
        type=type_,
        occurred_at=when,
        recorded_at=when + timedelta(seconds=1),
        data=data,
    )


def _arrives(case: Case) -> None:
    movements = [event.data for event in case.ledgers["admission"]]
    document = {
        "movements": [dict(data) for data in movements],
        "stays": [
            _stay(HOSPITAL, "finished", 1, ended_at=_at(2)),
            _stay(HOME, "in_progress", 3),
        ],
    }
    case.rows("pathway", "pathways").append({"person_id": PERSON, "document": json.dumps(document)})
    expectation = {
        "person_id": PERSON,
        "expectation_id": "expectation-1",
        "departure_movement_id": "movement-2",
        "to_establishment": HOME,
        "due_at": NOON + timedelta(hours=2, minutes=2),
        "arrival_movement_id": "movement-3",
        "state": "met",
    }
    case.rows("pathway", "expectations").append(expectation)
    case.ledgers["pathway"] = [
        _event(f"arrival-{n}", PERSON, n, f"relais.pathway.expectation-{step}.v1", _expected(step))
        for n, step in enumerate(("opened", "met"), start=1)
    ]


def _expected(step: str) -> dict[str, Any]:
    return {"expectation_id": "expectation-1", **({"late": False} if step == "met" else {})}


def _stay(establishment: str, status: str, minutes: int, **more: Any) -> dict[str, Any]:
    said = {"stay_id": f"stay-{establishment}", "establishment": establishment, "status": status}
    return {**said, "started_at": _at(minutes), **more}


def _tells(case: Case) -> None:
    member = {"member_id": MEMBER, "person_id": PERSON, "carer_id": CARER, "discretion": 2}
    case.rows("notifications", "members").append({**member, "joined_at": NOON, "revoked_at": None})
    for number, text in ((1, "24/11 à 13h01"), (3, "24/11 à 13h03")):
        obligation, attempt = f"obligation-{number}", f"attempt-{number}"
        case.rows("notifications", "obligations").append(
            {
                "obligation_id": obligation,
                "event_id": f"event-{number}",
                "recipient_id": MEMBER,
                "person_id": PERSON,
                "kind": "admission.occurred",
                "fact_key": f"movement:movement-{number}",
                "status": "informed",
                "reason": None,
                "superseded_by": None,
                "next_action_at": None,
                "settled_at": NOON + timedelta(minutes=20),
                "not_before": NOON,
                "fact_occurred_at": NOON,
            }
        )
        claimed_at = NOON + timedelta(minutes=number, seconds=2)
        tried = {"attempt_id": attempt, "obligation_id": obligation, "number": 1, "channel": "sms"}
        case.rows("notifications", "attempts").append(
            {**tried, "status": "delivered", "claimed_at": claimed_at}
        )
        for status in ("claimed", "accepted", "delivered"):
            move_attempt(case, attempt, status, at=claimed_at + timedelta(seconds=1))
        asked = {"request_id": f"request-{number}", "to": PHONE, "text": f"Parcours : Mamie le {text}."}
        at = (claimed_at + timedelta(seconds=1)).isoformat()
        case.gateway.append({**asked, "at": at, "attempt": attempt, "answered": "accepted"})
        case.replies[asked["request_id"]] = at
        case.rows("notifications", "transitions").extend(
            {"obligation_id": obligation, "status": status}
            for status in ("scheduled", "in_progress", "informed")
        )
        case.ledgers.setdefault("notifications", []).append(
            _event(
                f"settled-{number}",
                PERSON,
                len(case.ledgers["notifications"]) + 1 if "notifications" in case.ledgers else 1,
                "relais.notifications.obligation-settled.v1",
                {"obligation_id": obligation, "outcome": "informed"},
            )
        )


def move_attempt(case: Case, attempt_id: str, status: str, *, at: datetime) -> None:
    """Append the next recorded state of an attempt."""
    moves = case.rows("notifications", "attempt_moves")
    moves.append({"id": len(moves) + 1, "attempt_id": attempt_id, "status": status, "at": at})


def _publishes_and_applies(case: Case) -> None:
    for publisher, ledger in case.ledgers.items():
        case.rows(publisher, "subjects").append({"subject": PERSON, "last_sequence": len(ledger)})
        case.records += [_record(publisher, event) for event in ledger]
        for consumer, publishers in CONSUMED.items():
            if publisher in publishers:
                case.rows(consumer, "inbox").extend(_applied(publisher, event) for event in ledger)
    movements, arrivals = case.ledgers["admission"], case.ledgers["pathway"]
    case.rows("pathway", "movement_events").extend(_copy(event) for event in movements)
    case.rows("notifications", "facts").extend(_copy(event) for event in (*movements, *arrivals))
    case.rows("indicators", "movement_facts").extend(
        {
            **event.data,
            "event_id": event.event_id,
            "action": "insert",
            "destination_establishment": event.data.get("destination", {}).get("establishment"),
            "occurred_at": event.occurred_at,
            "emitted_at": event.occurred_at,
        }
        for event in movements
    )
    for table, events in (
        ("expectation_facts", arrivals),
        ("obligation_facts", case.ledgers["notifications"]),
    ):
        case.rows("indicators", table).extend({**event.data, "event_id": event.event_id} for event in events)


def _copy(event: Event) -> dict[str, Any]:
    return {"event_id": event.event_id, "data": json.dumps(event.data)}


def _applied(publisher: str, event: Event) -> dict[str, Any]:
    place = {"event_id": event.event_id, "subject": event.subject, "sequence": event.sequence}
    return {**place, "publisher": publisher, "applied_at": event.recorded_at}


def _record(publisher: str, event: Event) -> Record:
    return Record(
        topic=f"relais.{publisher}",
        partition=0,
        offset=event.sequence,
        key=event.subject,
        headers=f"ce_id: {event.event_id}",
        value=json.dumps(event.data),
        event_id=event.event_id,
        subject=event.subject,
        sequence=event.sequence,
    )
