"""Derives whose each movement is in the end from the senders' journal alone, by the checker's own rules.

The statement that was emitted last names whom the movement is about, unless it was moved since. Two persons
are one when a statement names them as one, or when somebody decided so and not otherwise since, in each of
the ways in which that is said; all is the surviving one's then.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    """Person -> the platform's ids of theirs alone, by the answers; at most one if all is well."""
    survivors: Mapping[str, str] = field(default_factory=dict)
    """Person -> the one that survives of those who are one in the end; only those who ever were merged."""
    related: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Person -> all with whom they ever were one."""
    moves: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)
    """Movement -> when it was last moved, and to whom."""

    def owner(self, movement: str) -> str:
        """Whose it is in the end, by the sender's own name: a move holds against whatever is older."""
        said = max(self.events[movement], key=lambda said: said.order)
        moved_at, moved_to = self.moves.get(movement, (None, ""))
        named = said.person if moved_at is None or moved_at <= said.order[0] else moved_to
        return self.survivors.get(named, named)

    def with_names(self, held: Mapping[str, set[str]]) -> "Whose":
        """The same, where who was never answered of alone is known by the id that has what is theirs.

        `held`: movement -> whose it is by the ledger. That id must be nobody else's, and of all there is one.
        """
        known = frozenset[str]().union(*self.ids.values())
        ids = dict(self.ids)
        for person in self.related:
            theirs = [held.get(movement, set()) for movement in self.events if self.owner(movement) == person]
            unknown = frozenset[str]().union(*theirs) - known
            if not ids.get(person) and len(unknown) == 1:
                ids[person] = unknown
        return replace(self, ids=ids)


def whose(statements: Iterable[Said], clients: Sequence[Line], decisions: Sequence[Line]) -> Whose:
    """Read the journals; `statements` are those that were stored."""
    events: dict[str, list[Said]] = defaultdict(list)
    for said in statements:
        events[said.movement].append(said)
    answered: dict[str, set[str]] = defaultdict(set)
    for line in clients:
        if line["what"] == "answer" and line.get("person_id"):
            answered[line["person"]].add(line["person_id"])
    pairs = [*_named_as_one(clients), *_decided(decisions, answered)]
    related: dict[str, frozenset[str]] = {}
    for pair in pairs:
        _join(related, pair.surviving, pair.merged)
    ids = {person: frozenset(found) for person, found in answered.items()}
    for pair in pairs:
        # Whoever was merged was answered as the surviving one since.
        ids[pair.merged] = frozenset(answered[pair.merged] - answered[pair.surviving])
    return Whose(
        events=events,
        ids=ids,
        survivors=_survivors(pairs, related),
        related=related,
        moves=_moves(decisions),
    )


def _moves(decisions: Sequence[Line]) -> dict[str, tuple[datetime, str]]:
    """A move counts from when it was accepted."""
    found: dict[str, tuple[datetime, str]] = {}
    for line in decisions:
        for movement in line.get("moved", ()):
            move = (moment(line["accepted_at"]), line["to"])
            found[movement] = max(move, found.get(movement, move))
    return found


def moment_of(stated: Mapping[str, object]) -> datetime:
    """When the sender emitted a statement."""
    return moment(str(stated["emitted_at"]))


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """Two persons of whom somebody says in the end that they are one, or that they are not."""

    surviving: str
    merged: str
    are_one: bool = True


def _named_as_one(clients: Sequence[Line]) -> set[_Pair]:
    return {
        _Pair(surviving=line["also"], merged=line["person"])
        for line in clients
        if line["what"] == "send" and line.get("also")
    }


def _decided(decisions: Sequence[Line], answered: Mapping[str, set[str]]) -> list[_Pair]:
    """What was said last about each pair: by an establishment, which names them, or about two ids."""
    last: dict[str, Line] = {}
    pairs_only = [line for line in decisions if "moved" not in line]
    for line in sorted(pairs_only, key=lambda line: moment(line.get("emitted_at") or line["at"])):
        last[line["item"]] = line
    pairs: list[_Pair] = []
    for line in last.values():
        merged = [line["merged"]] if "merged" in line else _named(line["merged_id"], answered)[:1]
        surviving = [line["surviving"]] if "merged" in line else _named(line["surviving_id"], answered)
        pairs += [
            _Pair(surviving=one, merged=other, are_one=line["are_one"])
            for other in merged
            for one in surviving
            if one != other
        ]
    return pairs


def _named(person_id: str, answered: Mapping[str, set[str]]) -> list[str]:
    return [person for person, ids in answered.items() if person_id in ids]


def _survivors(pairs: Sequence[_Pair], related: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Each person who was ever one with another -> the one who has what is theirs in the end."""
    holding = [pair for pair in pairs if pair.are_one]
    groups: dict[str, frozenset[str]] = {}
    for pair in holding:
        _join(groups, pair.surviving, pair.merged)
    merged = {pair.merged for pair in holding}
    return {person: min(groups.get(person, frozenset({person})) - merged) for person in related}


def _join(groups: dict[str, frozenset[str]], one: str, other: str) -> None:
    together = groups.get(one, frozenset({one})) | groups.get(other, frozenset({other}))
    groups.update(dict.fromkeys(together, together))
