"""Every diagram of docs/states.md has the states and the transitions of the code, and no others."""

import ast
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.notifications.channels.channel import SendResult
from services.notifications.domain.obligations.obligation import (
    TERMINAL,
    TRANSITIONS,
    AttemptStatus,
    ReportState,
    status_after_reports,
)
from services.pathway.domain import pathway
from services.pathway.domain.judgement import state_at
from services.pathway.domain.pathway import Expectation
from shared.spine.parked import shapes
from shared.testing.records import NOW
from tests.architecture.source_files import PROJECT, nodes_of

Transition = tuple[str, str]

OUTSIDE = "[*]"
SECTION = re.compile(r"^## (.+?)\n.*?^```mermaid\nstateDiagram-v2\n(.*?)^```", re.MULTILINE | re.DOTALL)
ARROW = re.compile(r"^ +(\S+) --> ([^\s:]+)(?::.*)?$")
ATTEMPTS_SQL = re.compile(r"UPDATE attempts SET status = '(\w+)'.*?status = '(\w+)'", re.DOTALL)
REBUILD = Path("shared/spine/rebuild/rebuild_projection.py")


def _diagrams() -> dict[str, set[Transition]]:
    """Heading -> the arrows of its diagram."""
    text = (PROJECT / "docs" / "states.md").read_text(encoding="utf-8")
    diagrams: dict[str, set[Transition]] = {}
    for heading, lines in SECTION.findall(text):
        arrows = [ARROW.match(line) for line in lines.splitlines()]
        assert all(arrows), f"{heading}: not an arrow"
        diagrams[heading] = {(arrow[1], arrow[2]) for arrow in arrows if arrow}
    return diagrams


DIAGRAMS = _diagrams()


def _between_states(heading: str) -> set[Transition]:
    return {arrow for arrow in DIAGRAMS[heading] if OUTSIDE not in arrow}


def _first(heading: str) -> set[str]:
    return {to for from_, to in DIAGRAMS[heading] if from_ == OUTSIDE}


def _last(heading: str) -> set[str]:
    return {from_ for from_, to in DIAGRAMS[heading] if to == OUTSIDE}


def _states(heading: str) -> set[str]:
    return {state for arrow in DIAGRAMS[heading] for state in arrow} - {OUTSIDE}


def test_every_diagram_is_held_against_the_code() -> None:
    assert set(DIAGRAMS) == {"Expectation", "Obligation", "Attempt", "Parked event", "Rebuild"}


DUE = NOW + timedelta(hours=1)
ENDINGS: tuple[pathway.Ending, ...] = get_args(pathway.Ending)
EXPECTED = Expectation(
    expectation_id=UUID(int=1),
    departure_movement_id=UUID(int=2),
    from_establishment="750000002",
    to_establishment="940000045",
    departed_at=NOW,
    due_at=DUE,
    rules_version=1,
)


def _expectation_transitions() -> Iterator[Transition]:
    """Time passes, somebody closes it, or one more fact is known: an end that it had not, or a withdrawal.

    Who was found elsewhere may still come in time, not late.
    """
    times = (DUE, DUE + timedelta(seconds=1))
    ends = [dict[str, Any](), *({"arrived_at": at} for at in times), *({"ended_as": end} for end in ENDINGS)]
    for end, withdrawn, closed, now in product(ends, (False, True), (False, True), times):
        before = replace(EXPECTED, withdrawn=withdrawn, **end)
        facts = [before, replace(before, withdrawn=True)]
        facts += [replace(before, **better) for better in ends if not end]
        facts += [replace(before, ended_as=None, arrived_at=DUE) for _ in range("ended_as" in end)]
        was = state_at(before, now, closed=closed)
        yield from ((was, state_at(after, now, closed=closed)) for after in facts)
        yield from ((was, state_at(before, later, closed=closed)) for later in times if later >= now)
        yield was, state_at(before, now, closed=True)


def test_expectation() -> None:
    assert _states("Expectation") == set(get_args(pathway.State))
    assert _first("Expectation") == {state_at(EXPECTED, NOW)}
    assert _between_states("Expectation") == {
        (one, other) for one, other in _expectation_transitions() if one != other
    }


def test_obligation() -> None:
    assert _between_states("Obligation") == {
        (from_, to) for from_, all_ in TRANSITIONS.items() for to in all_
    }
    assert _states("Obligation") == set(TRANSITIONS)
    assert _last("Obligation") == set(TERMINAL)
    never_reached = set(TRANSITIONS) - {to for all_ in TRANSITIONS.values() for to in all_}
    assert _first("Obligation") == never_reached


def _by_answer() -> Iterator[Transition]:
    for answer in get_args(SendResult):
        yield "claimed", re.sub(r"(?<!^)(?=[A-Z])", "_", answer.__name__).lower()


def _by_report() -> Iterator[Transition]:
    statuses: Sequence[AttemptStatus] = get_args(AttemptStatus)
    reports: Sequence[ReportState] = get_args(ReportState)
    yield from (
        (status, status_after_reports(status, [report])) for status, report in product(statuses, reports)
    )


def _by_time() -> Iterator[Transition]:
    for file in (PROJECT / "services" / "notifications" / "storage").rglob("*.py"):
        for to, from_ in ATTEMPTS_SQL.findall(file.read_text(encoding="utf-8")):
            yield from_, to


def test_attempt() -> None:
    by_time = set(_by_time())
    assert len(by_time) == 2
    changes = {*_by_answer(), *_by_report(), *by_time}
    assert _between_states("Attempt") == {(one, other) for one, other in changes if one != other}
    assert _states("Attempt") == set(get_args(AttemptStatus))
    assert _first("Attempt") == {"claimed"}


def _calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in nodes_of(path):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(attr=name) | ast.Name(id=name):
                    yield name, node


def _resolved_as() -> Iterator[str]:
    """Every state that a call of `rows.resolve` names; its statement changes parked rows only."""
    for file in (PROJECT / "shared" / "spine" / "parked").glob("*.py"):
        for name, call in _calls(file.relative_to(PROJECT)):
            yield from (
                argument.value
                for argument in call.args
                if name == "resolve"
                and isinstance(argument, ast.Constant)
                and isinstance(argument.value, str)
            )


def test_parked_event() -> None:
    assert _states("Parked event") == set(get_args(shapes.State))
    assert _first("Parked event") == {"parked"}
    assert _between_states("Parked event") - {("parked", "parked")} == {
        ("parked", to) for to in _resolved_as()
    }
    assert _last("Parked event") == set(_resolved_as())


STEP = {
    "create_empty_projection": "created",
    "apply_all": "filled",
    "catch_up": "caught_up",
    "_compare": "compared",
    "swap_tables": "swapped",
    "drop_previous_projection": "dropped",
}
"""What has been reached when a call of the rebuild returns."""


def _steps(function: str) -> list[str]:
    """The steps of one of the three things that an operator can ask for, in the order of their calls."""
    body = next(
        node for node in nodes_of(REBUILD) if isinstance(node, ast.AsyncFunctionDef) and node.name == function
    )
    calls = [node for node in ast.walk(body) if isinstance(node, ast.Call)]
    named = sorted((call.lineno, ast.unparse(call.func).rpartition(".")[2]) for call in calls)
    return [STEP[name] for _, name in named if name in STEP]


@pytest.mark.parametrize(
    ("function", "before", "steps"),
    [
        ("rebuild_projection", OUTSIDE, ["created", "filled", "caught_up", "compared", "swapped"]),
        ("restore_previous", "swapped", ["swapped"]),
        ("drop_previous", "swapped", ["dropped"]),
    ],
)
def test_each_request_of_a_rebuild_goes_its_way(function: str, before: str, steps: list[str]) -> None:
    assert _steps(function) == steps
    assert set(zip([before, *steps], steps, strict=False)) <= DIAGRAMS["Rebuild"]


def test_rebuild() -> None:
    assert _states("Rebuild") == set(STEP.values())
    assert len(_between_states("Rebuild")) == len(STEP)
    assert _last("Rebuild") == {"compared", "dropped"}
