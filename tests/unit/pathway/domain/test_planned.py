"""A plan is met, missed or withdrawn, and never says where anybody is."""

from collections.abc import Callable

import pytest

from services.pathway.domain.fold import fold
from services.pathway.domain.further.expectations import state_of
from services.pathway.domain.pathway import FurtherExpectation
from services.pathway.domain.rules import RULES
from shared.events.admission import Place, PlannedKind
from shared.testing.person_history import HOSPITAL, NURSING_HOME, REHABILITATION, PersonHistory, minutes

_DAY = 24 * 60


def _planned(kind: PlannedKind, *, admitted: bool = True) -> PersonHistory:
    rose = PersonHistory()
    if admitted:
        rose.admit("stay", at=minutes(0))
    rose.further(kind, "stay", at=minutes(60), movement="plan", expected_at=minutes(600))
    return rose


def _only(history: PersonHistory) -> FurtherExpectation:
    (found,) = fold(history.events, RULES).further_expectations
    return found


@pytest.mark.parametrize(
    ("kind", "fact", "state"),
    [
        ("planned_transfer", lambda rose: rose.transfer("stay", at=minutes(500), unit="2102"), "met"),
        ("planned_transfer", lambda rose: rose.transfer("stay", at=minutes(500), to=REHABILITATION), "met"),
        ("planned_transfer", lambda rose: rose.transfer("stay", at=minutes(3 * _DAY), unit="2"), "met_late"),
        ("planned_transfer", lambda rose: rose.discharge("stay", at=minutes(500)), "ended"),
        ("planned_discharge", lambda rose: rose.discharge("stay", at=minutes(500)), "met"),
        ("planned_discharge", lambda rose: rose.transfer("stay", at=minutes(500), to=REHABILITATION), "met"),
        ("planned_discharge", lambda rose: rose.transfer("stay", at=minutes(500), unit="2102"), "open"),
        ("planned_discharge", lambda rose: rose.discharge("other", at=minutes(500)), "open"),
        ("planned_discharge", lambda rose: rose.cancel(rose.events[1]), "withdrawn"),
    ],
)
def test_what_was_planned_in_a_stay(
    kind: PlannedKind, fact: Callable[[PersonHistory], object], state: str
) -> None:
    rose = _planned(kind)
    fact(rose)
    assert state_of(_only(rose), overdue=False) == state


@pytest.mark.parametrize(
    ("planned", "fact", "state"),
    [
        (REHABILITATION, lambda rose: rose.transfer("stay", at=minutes(500), unit="2102"), "open"),
        (REHABILITATION, lambda rose: rose.transfer("stay", at=minutes(500), to=NURSING_HOME), "open"),
        (REHABILITATION, lambda rose: rose.transfer("stay", at=minutes(500), to=REHABILITATION), "met"),
        (REHABILITATION, lambda rose: rose.discharge("stay", at=minutes(500), to=REHABILITATION), "met"),
        (REHABILITATION, lambda rose: rose.discharge("stay", at=minutes(500)), "ended"),
        (HOSPITAL, lambda rose: rose.transfer("stay", at=minutes(500), unit="2102"), "met"),
        (None, lambda rose: rose.transfer("stay", at=minutes(500), unit="2102"), "met"),
        (None, lambda rose: rose.transfer("stay", at=minutes(500), unit="2101"), "open"),
        (None, lambda rose: rose.transfer("stay", at=minutes(500)), "met"),
    ],
)
def test_a_planned_transfer_is_met_by_leaving_for_the_planned_place_or_the_unit(
    planned: str | None, fact: Callable[[PersonHistory], object], state: str
) -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0), unit="2101")
    plan = rose.further("planned_transfer", "stay", at=minutes(60), expected_at=minutes(600))
    if planned is not None:
        to = Place(mode="transfer", establishment=planned)
        rose.update(plan, emitted=minutes(62), destination=to, names=("destination",))
    fact(rose)
    assert state_of(_only(rose), overdue=False) == state


@pytest.mark.parametrize(
    ("stay", "at", "establishment", "state"),
    [
        ("stay", 600, None, "met"),
        ("stay", 3 * _DAY, None, "met_late"),
        ("numbered when it began", 900, None, "met"),
        ("numbered when it began", 3 * _DAY, None, "open"),
        ("another place", 600, NURSING_HOME, "open"),
    ],
)
def test_a_planned_admission_is_met_under_its_number_or_within_a_day_under_another(
    stay: str, at: int, establishment: str | None, state: str
) -> None:
    rose = _planned("planned_admission", admitted=False)
    where = {} if establishment is None else {"establishment": establishment}
    rose.admit(stay, at=minutes(at), **where)  # type: ignore[arg-type]
    assert state_of(_only(rose), overdue=False) == state


def test_a_planned_stay_that_began_under_another_number_is_planned_no_more() -> None:
    rose = _planned("planned_admission", admitted=False)
    admission = rose.admit("numbered when it began", at=minutes(900))
    stays = {stay.status: stay.marks for stay in fold(rose.events, RULES).stays}
    assert stays == {"cancelled": ("met_under_another_number",), "in_progress": ()}
    assert fold(rose.events, RULES).movements[0].marks == ("met_under_another_number",)
    rose.further("planned_admission", "stay", at=minutes(70), movement="again", expected_at=minutes(9000))
    assert fold(rose.events, RULES).stays[0].status == "planned"
    rose.cancel(rose.events[-1])
    assert fold(rose.events, RULES).stays[0].status == "cancelled"
    rose.cancel(admission)
    assert (fold(rose.events, RULES).stays[0].status, fold(rose.events, RULES).stays[0].marks) == (
        "planned",
        (),
    )


def test_a_plan_without_its_fact_is_open_and_after_half_a_day_missed() -> None:
    wait = _only(_planned("planned_discharge"))
    assert (wait.kind, wait.due_at) == ("discharge", minutes(600) + RULES.plan_grace)
    assert [state_of(wait, overdue=overdue) for overdue in (False, True)] == ["open", "overdue"]


def test_who_is_only_planned_to_come_is_not_there_and_a_cancelled_admission_leaves_the_plan() -> None:
    rose = _planned("planned_admission", admitted=False)
    (stay,) = fold(rose.events, RULES).stays
    assert (stay.status, stay.ended_at) == ("planned", None)
    admission = rose.admit("stay", at=minutes(590))
    assert fold(rose.events, RULES).stays[0].status == "in_progress"
    rose.cancel(admission)
    assert fold(rose.events, RULES).stays[0].status == "planned"
    assert state_of(_only(rose), overdue=False) == "open"


def test_a_plan_at_the_destination_meets_no_arrival() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.discharge("stay", at=minutes(60), to=REHABILITATION)
    rose.further("planned_admission", "there", at=minutes(90), establishment=REHABILITATION)
    (wait,) = fold(rose.events, RULES).expectations
    assert wait.arrived_at is None


def test_a_death_ends_no_stay_and_meets_nothing() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.further("death", "stay", at=minutes(60))
    found = fold(rose.events, RULES)
    assert [stay.status for stay in found.stays] == ["in_progress"]
    assert [movement.kind for movement in found.movements] == ["admission", "death"]
