"""Gathers the evidence of a run: its journals, and what databases, broker and logs hold afterwards."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.continuity.checker.identities.senders import Said, Whose, moment_of, whose
from tests.continuity.checker.reading.databases import Event, Stored, read_databases
from tests.continuity.checker.reading.journals import Line, Run, read_run
from tests.continuity.checker.reading.topics import Record, read_topics


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything known of a run."""

    run: Run
    stored: Mapping[str, Stored]
    records: tuple[Record, ...] = ()
    logs: tuple[Path, ...] = ()

    @cached_property
    def answers(self) -> dict[str, list[Line]]:
        """Source event id -> the answers that acknowledged it."""
        found: dict[str, list[Line]] = {}
        for line in self.run.clients:
            if line["what"] == "answer" and line["status"] in {200, 202}:
                found.setdefault(line["source_event_id"], []).append(line)
        return found

    @cached_property
    def acknowledged(self) -> set[str]:
        """Ids of the events that were acknowledged to clients."""
        return {line["event_id"] for answers in self.answers.values() for line in answers}

    @cached_property
    def movements(self) -> list[Event]:
        """What admission's ledger states of movements, in the order of its ids."""
        return [event for event in self.stored["admission"].ledger if event.is_movement]

    @cached_property
    def reassigned(self) -> list[Event]:
        """Where it says that a movement is no fact of a person any more."""
        return [event for event in self.stored["admission"].ledger if event.is_reassignment]

    @cached_property
    def movements_of(self) -> dict[str, list[Event]]:
        """What was published about the movements of each person, by person."""
        found: dict[str, list[Event]] = {}
        for event in self.movements:
            found.setdefault(event.subject, []).append(event)
        return found

    @cached_property
    def holders(self) -> dict[str, set[str]]:
        """Movement -> the persons of whom it is a fact, by the last event about it under each."""
        last: dict[tuple[str, str], Event] = {}
        for event in (*self.movements, *self.reassigned):
            place = (event.data["movement_id"], event.subject)
            if place not in last or event.sequence > last[place].sequence:
                last[place] = event
        found: dict[str, set[str]] = {}
        for (movement_id, person_id), event in last.items():
            if not event.is_reassignment:
                found.setdefault(movement_id, set()).add(person_id)
        return found

    @cached_property
    def whose(self) -> Whose:
        """Whose each movement is, by the senders' journal."""
        rows = {row["event_id"]: row for row in self.stored["admission"].rows("submissions")}
        said = []
        for event in self.movements:
            row = rows.get(event.event_id)
            sent = self.run.sent_as(row["source_event_id"], row["sha256"]) if row else ()
            if sent:
                said.append(_said(event, sent[-1]))
        movement_ids = {event.event_id: event.data["movement_id"] for event in self.movements}
        held = {each.movement: self.holders.get(movement_ids[each.event_id], set()) for each in said}
        return whose(said, self.run.clients, self.run.decisions).with_names(held)

    @cached_property
    def facts_of(self) -> dict[str, list[Event]]:
        """Person -> what was stated, by its first event, of the movements that are theirs in the end."""
        events = {event.event_id: event for event in self.movements}
        found: dict[str, list[Event]] = {}
        for movement, said in self.whose.events.items():
            ids = self.whose.ids.get(self.whose.owner(movement), frozenset())
            for person_id in ids:
                found.setdefault(person_id, []).extend(events[each.event_id] for each in said)
        return found

    @cached_property
    def not_lost(self) -> set[str]:
        """Ids of the events that the broker must still hold: all recorded since it last lost data."""
        lost_at = self.run.log_lost_at
        return {
            event.event_id
            for stored in self.stored.values()
            for event in stored.ledger
            if lost_at is None or event.recorded_at > lost_at
        }

    @cached_property
    def poisoned_events(self) -> set[str]:
        return {line["event_id"] for line in self.run.poison if line.get("event_id")}

    @cached_property
    def poisoned_subjects(self) -> set[str]:
        """Subjects whose later events wait behind a malformed one."""
        return {line["subject"] for line in self.run.poison if line.get("subject")}


def read_evidence(folder: Path) -> Evidence:
    """Read a run's folder and the servers that its run.json names."""
    run = read_run(folder)
    return Evidence(
        run=run,
        stored=read_databases(run.about["databases"]),
        records=read_topics(run.about["kafka_bootstrap"]) if run.about.get("kafka_bootstrap") else (),
        logs=tuple(_log_files(run.about.get("logs", ()))),
    )


def _said(event: Event, line: Line) -> Said:
    return Said(
        event_id=event.event_id,
        person=line["person"],
        movement=line["stated"]["movement_id"],
        emitted_at=moment_of(line["stated"]),
        recorded_at=event.recorded_at,
        number=event.id,
    )


def _log_files(places: Iterable[str]) -> Iterator[Path]:
    for place in places:
        path = Path(place)
        if path.is_dir():
            yield from (each for each in sorted(path.rglob("*")) if each.is_file())
        else:
            yield from sorted(path.parent.glob(path.name))
