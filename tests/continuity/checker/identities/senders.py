"""Derives whose each movement is in the end from the senders' journal alone, by the checker's own rules.

The statement that was emitted last names whom the movement is about. Persons whom a decision made one are one
as long as no later decision separates them; everything of theirs is then the surviving one's.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.continuity.checker.reading.journals import Line, moment


@dataclass(frozen=True, kw_only=True)
class Said:
    """One stored statement: whom it names, by the sender's own name, and about which movement."""

    event_id: str
    person: str
    movement: str
    emitted_at: datetime
    recorded_at: datetime
    number: int
    """In the order of admission's ledger."""

    @property
    def order(self) -> tuple[datetime, int]:
        """A clock that is ahead counts as the moment of the receipt."""
        return (min(self.emitted_at, self.recorded_at), self.number)


@dataclass(frozen=True, kw_only=True)
class Whose:
    """What the senders' journal says of persons and movements."""

    events: Mapping[str, Sequence[Said]]
    """Movement -> what was stated of it."""
    ids: Mapping[str, frozenset[str]]
    """Person -> the platform's ids that the answers gave, before anybody was made one with another."""
    survivors: Mapping[str, str] = field(default_factory=dict)
    """Person -> the one that survives of those who are one in the end; only those who ever were merged."""
    related: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Person -> all with whom they ever were one."""

    def owner(self, movement: str) -> str:
        """Whose it is in the end, by the sender's own name."""
        named = max(self.events[movement], key=lambda said: said.order).person
        return self.survivors.get(named, named)


def whose(statements: Iterable[Said], clients: Sequence[Line]) -> Whose:
    """Read the journal of the clients; `statements` are those that were stored."""
    events: dict[str, list[Said]] = defaultdict(list)
    for said in statements:
        events[said.movement].append(said)
    decisions = [line for line in clients if line["what"] == "decided"]
    survivors, related = _one_persons(decisions)
    ids: dict[str, set[str]] = defaultdict(set)
    for line in decisions:
        for side in ("surviving", "merged"):
            ids[line[side]].add(line[f"{side}_id"])
    for line in clients:
        if line["what"] == "answer" and line.get("person_id") and line["person"] not in related:
            ids[line["person"]].add(line["person_id"])
    return Whose(
        events=events,
        ids={person: frozenset(found) for person, found in ids.items()},
        survivors=survivors,
        related=related,
    )


def moment_of(stated: Mapping[str, object]) -> datetime:
    """When the sender emitted a statement."""
    return moment(str(stated["emitted_at"]))


def _one_persons(decisions: Sequence[Line]) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    """The survivor of each person in the end, and everybody with whom they ever were one."""
    related: dict[str, frozenset[str]] = {}
    last: dict[str, Line] = {}
    for line in decisions:
        _join(related, line["surviving"], line["merged"])
        last[line["merge"]] = line
    holding = [line for line in last.values() if line["is_merged"]]
    groups: dict[str, frozenset[str]] = {}
    for line in holding:
        _join(groups, line["surviving"], line["merged"])
    merged = {line["merged"] for line in holding}
    return {
        person: next(iter(groups.get(person, frozenset({person})) - merged)) for person in related
    }, related


def _join(groups: dict[str, frozenset[str]], one: str, other: str) -> None:
    together = groups.get(one, frozenset({one})) | groups.get(other, frozenset({other}))
    groups.update(dict.fromkeys(together, together))
