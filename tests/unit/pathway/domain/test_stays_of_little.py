"""Of a stay of which little is stated, what is known is shown: never a plan where something happened."""

from services.pathway.domain.fold import fold
from services.pathway.domain.pathway import Stay
from services.pathway.domain.rules import RULES
from shared.events.admission import FurtherMovementStated
from shared.testing.person_history import HOSPITAL, REHABILITATION, PersonHistory, minutes, movement_of


def _only(rose: PersonHistory) -> Stay:
    (stay,) = fold(rose.events, RULES).stays
    return stay


def test_who_is_in_theatre_is_there_while_nothing_else_is_known() -> None:
    rose = PersonHistory()
    tracked = rose.further("temporary_departure", "stay", at=minutes(60))
    assert (_only(rose).status, _only(rose).started_at) == ("in_progress", minutes(60))
    assert _only(rose).marks == ("unknown_stay",)
    rose.discharge("stay", at=minutes(600))
    assert (_only(rose).status, _only(rose).ended_at) == ("finished", minutes(600))
    rose.cancel(tracked)
    assert _only(rose).status == "finished"


def test_who_was_expected_and_is_tracked_at_the_destination_has_come() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    rose.transfer("stay", at=minutes(600), to=REHABILITATION)
    rose.further("temporary_arrival", "there", at=minutes(660), establishment=REHABILITATION)
    pathway = fold(rose.events, RULES)
    assert [each.arrived_at for each in pathway.expectations] == [minutes(660)]
    assert [stay.status for stay in pathway.stays] == ["finished", "in_progress"]


def test_of_a_kind_that_nobody_here_knows_it_is_unknown_whether_the_person_is_there() -> None:
    rose = PersonHistory()
    stated = movement_of(rose.further("leave", "stay", at=minutes(60)))
    rose.events.pop()
    of_next_year = {name: getattr(stated, name) for name in stated.__struct_fields__} | {"kind": "teleported"}
    unknown = rose.record(FurtherMovementStated(**of_next_year))
    assert _only(rose).status == "unknown"
    rose.cancel(unknown)
    assert _only(rose).status == "cancelled"


def test_what_is_only_planned_is_a_plan() -> None:
    rose = PersonHistory()
    rose.further("planned_admission", "stay", at=minutes(0), expected_at=minutes(600))
    assert _only(rose).status == "planned"
