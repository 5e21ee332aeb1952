"""Says whether a regular expression may take more than linear time, by its structure and not by a clock.

A backtracking engine takes long where a text can be divided among the loops of a pattern in ever more ways.
For an automaton that is decidable (Weber and Seidl, 1991): some word leads from a loop back to it along two
paths, which is exponential, or from one loop to itself, to another and there around, which is polynomial. A
search that is not anchored is a loop before the pattern.
"""

import importlib
import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Final

_parser: Final[Any] = importlib.import_module("re._parser")
_CHARACTERS: Final = [*map(chr, range(128)), "\x85", "\xa0", "é", "Ω", "٣", "\u2028", "漢"]
_CATEGORIES: Final = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
_MOST_COPIES: Final = 2
"""Of what is repeated a fixed number of times: more make a longer automaton, and no loop."""

_Set = frozenset[str]


class Automaton:
    """What a pattern takes, as states that each take one character of a set."""

    def __init__(self, pattern: str | bytes, flags: int = 0) -> None:
        self.takes: dict[int, tuple[_Set, int]] = {}
        self.free: dict[int, list[int]] = {}
        self.inner: list[Sequence[Any]] = []
        """Lookarounds, which are patterns of their own."""
        self._states = 0
        parsed = list(_parser.parse(pattern, flags))
        self.is_anchored = bool(parsed) and str(parsed[0]) == "(AT, AT_BEGINNING)"
        self.must_end = any("AT_END" in str(one) for one in parsed)
        self.start, self.end = self._sequence(parsed)

    def searched(self) -> None:
        """Take anything before the pattern."""
        before = self._new()
        self.takes[before] = (frozenset(_CHARACTERS), before)
        self.free[before].append(self.start)
        entry = self._new()
        self.free[entry] += [before, self.start]
        self.start = entry

    def following(self, state: int) -> dict[int, int]:
        """The states that take the next character after this one took its own -> in how many ways."""
        return self._reached(self.takes[state][1])

    def ends_after(self, state: int) -> bool:
        """Whether the pattern may be complete once this state took its character."""
        return self.end in set(self._walk(self.takes[state][1], ()))

    def _reached(self, origin: int) -> dict[int, int]:
        found: dict[int, int] = {}
        for state in self._walk(origin, ()):
            if state in self.takes:
                found[state] = found.get(state, 0) + 1
        return found

    def _walk(self, state: int, passed: tuple[int, ...]) -> Iterator[int]:
        yield state
        for following in self.free[state]:
            if following not in passed and following != state:
                yield from self._walk(following, (*passed, state))

    def _new(self) -> int:
        self._states += 1
        self.free[self._states] = []
        return self._states

    def _sequence(self, items: Sequence[Any]) -> tuple[int, int]:
        start = end = self._new()
        for item in items:
            first, last = self._item(str(item[0]), item[1])
            self.free[end].append(first)
            end = last
        return start, end

    def _item(self, kind: str, given: Any) -> tuple[int, int]:
        match kind:
            case "SUBPATTERN" | "ATOMIC_GROUP":
                return self._sequence(given[-1] if kind == "SUBPATTERN" else given)
            case "BRANCH":
                start, end = self._new(), self._new()
                for branch in given[1]:
                    first, last = self._sequence(branch)
                    self.free[start].append(first)
                    self.free[last].append(end)
                return start, end
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                return self._repeat(*given)
            case "AT":
                return self._sequence([])
            case "ASSERT" | "ASSERT_NOT":
                self.inner.append(given[1])
                return self._sequence([])
        start, end = self._new(), self._new()
        self.takes[start] = (frozenset(one for one in _CHARACTERS if _matches(kind, given, one)), end)
        return start, end

    def _repeat(self, least: int, most: int, items: Sequence[Any]) -> tuple[int, int]:
        endless = most == _parser.MAXREPEAT
        start = end = self._new()
        for copy in range(min(least if endless else most, _MOST_COPIES)):
            first, last = self._sequence(items)
            self.free[end].append(first)
            if copy >= least:
                self.free[end].append(last)
            end = last
        if endless:
            first, last = self._sequence(items)
            after = self._new()
            self.free[end] += [first, after]
            self.free[last] += [first, after]
            end = after
        return start, end


def _matches(kind: str, given: Any, one: str) -> bool:
    match kind:
        case "ANY":
            return one != "\n"
        case "LITERAL":
            return bool(given == ord(one))
        case "NOT_LITERAL":
            return bool(given != ord(one))
        case "RANGE":
            return bool(given[0] <= ord(one) <= given[1])
        case "CATEGORY":
            name = str(given).removeprefix("CATEGORY_").removeprefix("UNI_")
            matched = re.fullmatch(_CATEGORIES[name.removeprefix("NOT_")], one) is not None
            return matched != name.startswith("NOT_")
        case "IN":
            negated = str(given[0][0]) == "NEGATE"
            return negated != any(_matches(str(part), more, one) for part, more in given[negated:])
    raise AssertionError(f"what is {kind}?")


def superlinear(pattern: str | bytes, *, method: str, flags: int = 0) -> str | None:
    """Why the pattern may take long when it is used by this method of `re`; None when it cannot."""
    automaton = Automaton(pattern, flags)
    if method not in {"match", "fullmatch"} and not automaton.is_anchored:
        automaton.searched()
    can_fail_late = automaton.must_end or method == "fullmatch"
    edges = {state: automaton.following(state) for state in automaton.takes}
    loops = {state: loop for state in edges if state in (loop := _reachable(edges, state))}
    circles = {
        state: frozenset(one for one in loop if one in loops and state in loops[one])
        for state, loop in loops.items()
    }
    # Where a match is complete already, nothing that follows can fail.
    risky = {
        state
        for state, circle in circles.items()
        if can_fail_late or not any(map(automaton.ends_after, circle))
    }
    for state in risky:
        if _returns_in_two_ways(automaton, edges, circles[state], state):
            return "one loop takes the same text in two ways"
        for before in circles:
            if before != state and state in loops[before] and _hands_over(automaton, edges, before, state):
                return "two loops can divide the same text between them"
    return None


def _reachable(edges: dict[int, dict[int, int]], state: int) -> frozenset[int]:
    found: set[int] = set()
    waiting = list(edges[state])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += edges[one]
    return frozenset(found)


def _returns_in_two_ways(
    automaton: Automaton, edges: dict[int, dict[int, int]], circle: frozenset[int], state: int
) -> bool:
    if any(edges[one].get(other, 0) > 1 for one, other in product(circle, circle)):
        return True
    return any(
        (state, state) in _words(automaton, edges, (one, other))
        for one, other in _words(automaton, edges, (state, state))
        if one != other and {one, other} <= circle
    )


def _hands_over(automaton: Automaton, edges: dict[int, dict[int, int]], before: int, state: int) -> bool:
    return (before, state, state) in _words(automaton, edges, (before, before, state))


def _words(
    automaton: Automaton, edges: dict[int, dict[int, int]], start: tuple[int, ...]
) -> set[tuple[int, ...]]:
    """Where the same word leads from each of these states, together."""
    found: set[tuple[int, ...]] = set()
    waiting = [start]
    while waiting:
        current = waiting.pop()
        if frozenset.intersection(*(automaton.takes[one][0] for one in current)):
            following = set(product(*(edges[one] for one in current))) - found
            found |= following
            waiting += following
    return found
