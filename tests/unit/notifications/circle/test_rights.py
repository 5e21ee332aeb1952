"""Who may see and change the members of a circle follows from stays that hold and from what was granted."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.notifications.domain.circle.rights import CircleRights, rights
from services.notifications.domain.circle.stays_in_force import LATELY, own_relations
from shared.security.policy.decide import decide
from shared.security.principal import Principal
from shared.stays.movements import movement_histories
from shared.stays.relations import ALWAYS, Basis, Relation
from shared.stays.stays import stays_of
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory, minutes

OWN = [HOSPITAL]
HOUR = timedelta(hours=1)
KEY = Principal(source_id=UUID(int=1), establishment=HOSPITAL, scopes=frozenset({"circle"}))
OPERATOR = Principal(source_id=UUID(int=1), establishment=None, scopes=frozenset({"circle", "operator"}))


def _rights(
    rose: PersonHistory, *granted: Basis, after: timedelta = HOUR, principal: Principal = KEY
) -> CircleRights | None:
    at = minutes(0) + after
    stays = stays_of(movement_histories(rose.events), at=at)
    relations = own_relations(stays, principal.establishments)
    relations += [Relation(establishments=frozenset(OWN), basis=basis, begins_at=ALWAYS) for basis in granted]
    decision = decide(principal, "change_circle", relations, at=at)
    return rights(decision, stays, principal.establishments, at=at) if decision.allowed else None


@pytest.fixture
def rose() -> PersonHistory:
    return PersonHistory("Rose")


def test_nobody_is_related_to_a_person_of_whom_they_state_nothing(rose: PersonHistory) -> None:
    rose.admit("stay", at=minutes(0), establishment=NURSING_HOME)
    assert _rights(rose) is None


def test_whoever_has_the_person_declares(rose: PersonHistory) -> None:
    rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    found = _rights(rose)
    assert found is not None
    assert (found.declares_as, found.has_broken_glass) == (HOSPITAL, False)
    assert found.sees_statements_of == frozenset({HOSPITAL})


@pytest.mark.parametrize(("days", "declares_as"), [(0, HOSPITAL), (LATELY.days, HOSPITAL), (31, None)])
def test_for_a_while_after_the_discharge_too(rose: PersonHistory, days: int, declares_as: str | None) -> None:
    rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    rose.discharge("stay", at=minutes(10), establishment=HOSPITAL)
    found = _rights(rose, after=timedelta(days=days, minutes=10))
    assert found is not None
    assert found.declares_as == declares_as


def test_a_plan_gives_no_right_to_declare(rose: PersonHistory) -> None:
    rose.admit("stay", at=minutes(120), establishment=HOSPITAL)
    found = _rights(rose)
    assert found is not None
    assert found.declares_as is None


def test_a_cancelled_stay_gives_nothing(rose: PersonHistory) -> None:
    rose.cancel(rose.admit("stay", at=minutes(0), establishment=HOSPITAL))
    assert _rights(rose) is None


def test_a_broken_glass_gives_all_but_to_declare(rose: PersonHistory) -> None:
    rose.admit("stay", at=minutes(0), establishment=NURSING_HOME)
    found = _rights(rose, "break_the_glass")
    assert found == CircleRights(declares_as=None, has_broken_glass=True, sees_statements_of=None)


@pytest.mark.parametrize("basis", ["team", "network", "transfer"])
def test_another_relation_shows_that_there_is_a_circle(rose: PersonHistory, basis: Basis) -> None:
    rose.admit("stay", at=minutes(0), establishment=NURSING_HOME)
    found = _rights(rose, basis)
    assert found is not None
    assert (found.declares_as, found.has_broken_glass) == (None, False)


def test_an_operator_of_the_platform_declares_nobody(rose: PersonHistory) -> None:
    rose.admit("stay", at=minutes(0), establishment=HOSPITAL)
    found = _rights(rose, principal=OPERATOR)
    assert found == CircleRights(sees_statements_of=None)
