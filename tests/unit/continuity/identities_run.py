"""A run in which a movement was stated of the wrong person, and two persons became one, written by hand.

Iris's arrival was stated of Rose first. Rose and Olga were made one by somebody, and separated again.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.reading.databases import Event, Stored
from tests.continuity.checker.reading.journals import Run

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NOON_PLUS = NOON + timedelta(minutes=30)
"""Before anything is recorded, and after anything was emitted."""
IRIS, ROSE, OLGA = "id-of-iris", "id-of-rose", "id-of-olga"


@dataclass
class Told:
    """A ledger and the senders' journal that belongs to it; tests change either before they judge."""

    clients: list[dict[str, Any]] = field(default_factory=list)
    ledger: list[Event] = field(default_factory=list)
    submissions: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)

    def state(
        self, movement: str, version: int, *, person: str, under: str, also: str | None = None
    ) -> Event:
        """Somebody states a movement of a person, and it is published under one."""
        key = f"{movement}-{version}"
        action = "update" if version else "insert"
        when = (NOON + timedelta(minutes=version)).isoformat()
        said = {"movement_id": movement, "stay_id": "stay", "kind": "admission", "establishment": "750000002"}
        stated = {**said, "occurred_at": NOON.isoformat(), "emitted_at": when, "action": action}
        sent = {"source_event_id": key, "body_sha256": f"sha-{key}", "person": person}
        self.clients.append({**sent, "what": "send", "stated": stated, "also": also})
        answer = {"what": "answer", "status": 202, "event_id": f"event-{key}", "person_id": under}
        self.clients.append({**sent, **answer, "content_sha256": sent["body_sha256"]})
        self.submissions.append(
            {
                "source_event_id": key,
                "event_id": f"event-{key}",
                "sha256": f"sha-{key}",
                "source_id": "source",
            }
        )
        step = "movement-updated" if version else "patient-admitted"
        data: dict[str, Any] = {name: value for name, value in stated.items() if name != "action"}
        if version:
            data["names"] = []
        return self.publish(f"event-{key}", under, step, data)

    def decide(self, *, are_one: bool) -> None:
        """Somebody says that Rose and Olga are one, or are not."""
        at = (NOON + timedelta(minutes=len(self.decisions))).isoformat()
        ids = {"surviving_id": ROSE, "merged_id": OLGA}
        self.decisions.append({"item": "1", "at": at, "are_one": are_one, **ids})

    def say(self, minutes: int, *, are_one: bool) -> None:
        """The establishment of both states that Rose and Olga are one, or are not."""
        names = {"surviving": "Rose", "merged": "Olga", "at": NOON.isoformat()}
        emitted_at = (NOON + timedelta(minutes=minutes)).isoformat()
        self.decisions.append({"item": "2", "emitted_at": emitted_at, "are_one": are_one, **names})

    def move(self, movement: str, *, to: str) -> None:
        """The establishment states whose a movement is."""
        self.decisions.append(
            {"item": "3", "moved": [movement], "to": to, "accepted_at": NOON_PLUS.isoformat()}
        )

    def give(self, movement: str, *, by: str, to: str) -> None:
        """All that is stated of a movement under a person is stated again under another one."""
        origins: dict[str, Event] = {}
        for event in self.ledger:
            if event.subject == by and event.data["movement_id"] == movement and event.is_movement:
                origins[event.data.get("restates") or event.event_id] = event
        for origin, event in origins.items():
            step = event.type.split(".")[2]
            self.publish(f"again-{len(self.ledger)}", to, step, {**event.data, "restates": origin})
        ended = {"movement_id": movement, "to_person": to}
        self.publish(f"ended-{len(self.ledger)}", by, "movement-reassigned", ended)

    def publish(self, event_id: str, subject: str, step: str, data: dict[str, Any]) -> Event:
        """Append an event to the ledger."""
        event = Event(
            id=len(self.ledger) + 1,
            event_id=event_id,
            subject=subject,
            sequence=sum(each.subject == subject for each in self.ledger) + 1,
            type=f"relais.admission.{step}.v1",
            occurred_at=NOON,
            recorded_at=NOON + timedelta(hours=1, seconds=len(self.ledger)),
            data=data,
        )
        self.ledger.append(event)
        return event

    @property
    def evidence(self) -> Evidence:
        stored = Stored(
            now=NOON + timedelta(hours=2),
            ledger=tuple(self.ledger),
            tables={"submissions": tuple(self.submissions)},
        )
        run = Run(
            clients=tuple(self.clients),
            gateway=(),
            faults=(),
            about={},
            decisions=tuple(self.decisions),
        )
        return Evidence(run=run, stored={"admission": stored})


def moved() -> Told:
    """Iris's arrival is hers in the end."""
    told = Told()
    told.state("rose-1", 0, person="Rose", under=ROSE)
    told.state("iris-1", 0, person="Iris", under=IRIS)
    told.state("iris-2", 0, person="Rose", under=ROSE)
    told.give("iris-2", by=ROSE, to=IRIS)
    told.state("iris-2", 1, person="Iris", under=IRIS)
    return told


def moved_by_hand() -> Told:
    """Iris's arrival was stated of Rose, and moved; an older update that names Rose changes nothing."""
    told = Told()
    told.state("rose-1", 0, person="Rose", under=ROSE)
    told.state("iris-1", 0, person="Iris", under=IRIS)
    told.state("iris-2", 0, person="Rose", under=ROSE)
    told.move("iris-2", to="Iris")
    told.give("iris-2", by=ROSE, to=IRIS)
    told.state("iris-2", 1, person="Rose", under=ROSE)
    told.give("iris-2", by=ROSE, to=IRIS)
    return told


def merged(*, separated: bool = False) -> Told:
    """Olga is Rose; what was stated of her since is published under Rose."""
    told = Told()
    told.state("rose-1", 0, person="Rose", under=ROSE)
    told.state("olga-1", 0, person="Olga", under=OLGA)
    told.decide(are_one=True)
    told.give("olga-1", by=OLGA, to=ROSE)
    told.state("olga-2", 0, person="Olga", under=ROSE)
    if separated:
        told.decide(are_one=False)
        told.give("olga-1", by=ROSE, to=OLGA)
        told.give("olga-2", by=ROSE, to=OLGA)
    return told


def learnt() -> Told:
    """Olga's establishment learns later that she is Rose: a statement of hers says so."""
    told = Told()
    told.state("rose-1", 0, person="Rose", under=ROSE)
    told.state("olga-1", 0, person="Olga", under=OLGA)
    told.state("olga-1", 1, person="Olga", under=OLGA, also="Rose")
    told.give("olga-1", by=OLGA, to=ROSE)
    return told
