"""The checker knows from the senders' journal whose each movement is, and sees where the ledger differs."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.continuity.checker.admission.acknowledged import check_nothing_invented
from tests.continuity.checker.admission.stated import check_whose
from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.identities.attribution import check_in_the_end
from tests.continuity.checker.verdict import Finding
from tests.unit.continuity.identities_run import IRIS, OLGA, ROSE, Told, learnt, merged, moved, moved_by_hand


def _broken(evidence: Evidence) -> list[str]:
    checks: list[Callable[[Evidence], Finding]] = [check_nothing_invented, check_whose, check_in_the_end]
    return [finding.invariant for finding in (check(evidence) for check in checks) if not finding.holds]


def _facts(told: Told) -> dict[str, set[str]]:
    return {person: {each.event_id for each in events} for person, events in told.evidence.facts_of.items()}


def test_a_movement_is_whose_its_last_statement_names() -> None:
    told = moved()
    assert _facts(told) == {
        ROSE: {"event-rose-1-0"},
        IRIS: {"event-iris-1-0", "event-iris-2-0", "event-iris-2-1"},
    }
    assert _broken(told.evidence) == []


def test_whoever_is_one_with_another_has_nothing_of_their_own() -> None:
    told = merged()
    assert _facts(told) == {ROSE: {"event-rose-1-0", "event-olga-1-0", "event-olga-2-0"}}
    assert _broken(told.evidence) == []


def test_who_is_named_as_one_is_one() -> None:
    told = learnt()
    assert _facts(told) == {ROSE: {"event-rose-1-0", "event-olga-1-0", "event-olga-1-1"}}
    assert _broken(told.evidence) == []


def test_who_was_known_as_one_from_the_beginning_is_one_too() -> None:
    told = Told()
    told.state("rose-1", 0, person="Rose", under=ROSE)
    told.state("olga-1", 0, person="Olga", under=ROSE, also="Rose")
    assert _facts(told) == {ROSE: {"event-rose-1-0", "event-olga-1-0"}}
    assert _broken(told.evidence) == []


def test_of_two_statements_about_a_pair_the_one_emitted_later_counts() -> None:
    told = Told()
    told.say(2, are_one=False)
    told.say(1, are_one=True)
    told.state("rose-1", 0, person="Rose", under=ROSE)
    told.state("olga-1", 0, person="Olga", under=OLGA)
    assert _broken(told.evidence) == []
    told.say(3, are_one=True)
    assert _broken(told.evidence) == ["I3 whose in the end"]


def test_who_was_never_answered_of_alone_has_an_id_of_their_own() -> None:
    told = Told()
    told.state("rose-1", 0, person="Rose", under=ROSE)
    told.say(1, are_one=True)
    told.state("olga-1", 0, person="Olga", under=ROSE)
    told.say(2, are_one=False)
    assert _broken(told.evidence) == ["I3 whose in the end"]
    told.give("olga-1", by=ROSE, to=OLGA)
    assert _facts(told) == {ROSE: {"event-rose-1-0"}, OLGA: {"event-olga-1-0"}}
    assert _broken(told.evidence) == []


def test_a_move_holds_against_whatever_is_older() -> None:
    told = moved_by_hand()
    assert _facts(told) == {
        ROSE: {"event-rose-1-0"},
        IRIS: {"event-iris-1-0", "event-iris-2-0", "event-iris-2-1"},
    }
    assert _broken(told.evidence) == []


def test_it_sees_a_move_that_something_older_undid() -> None:
    told = moved_by_hand()
    told.give("iris-2", by=IRIS, to=ROSE)
    assert _broken(told.evidence) == ["I3 whose in the end"]


def test_who_is_one_in_two_ways_is_one_until_both_are_undone() -> None:
    told = merged()
    told.say(1, are_one=True)
    told.say(2, are_one=False)
    assert _broken(told.evidence) == []


def test_who_is_said_to_be_one_may_never_have_been_answered_of() -> None:
    told = moved()
    told.say(1, are_one=True)
    told.clients = [line for line in told.clients if line["what"] == "send" or line["person"] == "Iris"]
    assert "I3 whose it is" not in _broken(told.evidence)


def test_it_sees_two_persons_who_are_named_as_one() -> None:
    told = learnt()
    told.ledger = told.ledger[:3]
    assert _broken(told.evidence) == ["I3 whose in the end"]


def test_whoever_is_separated_has_everything_again() -> None:
    told = merged(separated=True)
    assert _facts(told) == {ROSE: {"event-rose-1-0"}, OLGA: {"event-olga-1-0", "event-olga-2-0"}}
    assert _broken(told.evidence) == []


def _ends_nothing(told: Told) -> None:
    told.ledger = [event for event in told.ledger if not event.is_reassignment]


def _ends_it_under_everybody(told: Told) -> None:
    told.give("iris-2", by=IRIS, to=ROSE)
    told.ledger = [event for event in told.ledger if event.event_id != "again-7"]


def _moves_it_back(told: Told) -> None:
    told.give("iris-2", by=IRIS, to=ROSE)


def _forgets_the_first_statement(told: Told) -> None:
    told.ledger = [event for event in told.ledger if "restates" not in event.data]


def _states_something_else_again(told: Told) -> None:
    told.ledger = [
        replace(event, data={**event.data, "establishment": "elsewhere"})
        if "restates" in event.data
        else event
        for event in told.ledger
    ]


def _states_again_what_nobody_stated(told: Told) -> None:
    told.ledger = [
        replace(event, data={**event.data, "restates": "nothing"}) if "restates" in event.data else event
        for event in told.ledger
    ]


@pytest.mark.parametrize(
    "violate",
    [
        _ends_nothing,
        _ends_it_under_everybody,
        _moves_it_back,
        _forgets_the_first_statement,
        _states_something_else_again,
        _states_again_what_nobody_stated,
    ],
)
def test_it_sees_a_movement_that_is_not_whose_it_should_be(violate: Callable[[Told], None]) -> None:
    told = moved()
    violate(told)
    assert _broken(told.evidence) == ["I3 whose in the end"]


def test_it_sees_what_a_merge_forgot() -> None:
    told = merged()
    told.state("olga-3", 0, person="Olga", under=OLGA)
    assert _broken(told.evidence) == ["I3 whose in the end"]


def test_it_sees_what_a_separation_forgot() -> None:
    told = merged(separated=True)
    told.give("olga-2", by=OLGA, to=ROSE)
    assert _broken(told.evidence) == ["I3 whose in the end"]


def test_it_sees_what_is_published_of_a_stranger() -> None:
    told = merged()
    told.ledger[-1] = replace(told.ledger[-1], subject=IRIS)
    assert "I3 whose it is" in _broken(told.evidence)
