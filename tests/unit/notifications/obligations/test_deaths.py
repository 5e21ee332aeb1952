"""A death that is stated as a fact silences all messages, as one by which a stay ended does."""

import pytest

from services.notifications.domain.audit.owed import owed_obligations
from services.notifications.domain.obligations.derivation import derive_obligations
from services.notifications.domain.obligations.verdict import Send, Suppress
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory, minutes
from tests.unit.notifications.audit.audited import audited
from tests.unit.notifications.circles import EVERYBODY
from tests.unit.notifications.stated import with_watched_arrivals


def _verdicts(history: PersonHistory) -> set[str]:
    derived = derive_obligations(history.events, EVERYBODY)
    assert derived
    return {
        "send" if isinstance(each.verdict, Send) else each.verdict.reason
        for each in derived
        if isinstance(each.verdict, Send | Suppress)
    }


def test_nothing_is_told_of_who_died_and_nobody_is_told_that_they_did() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    assert _verdicts(rose) == {"send"}
    death = rose.further("death", "stay", at=minutes(60))
    assert _verdicts(rose) == {"deceased"}
    assert not [each for each in derive_obligations(rose.events, EVERYBODY) if each.event == death]


def test_a_death_that_was_an_error_silences_nothing_any_more() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.cancel(rose.further("death", "stay", at=minutes(60)))
    assert "send" in _verdicts(rose)


def test_a_death_that_is_dated_ahead_silences_from_its_moment_on_only() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    foretold = rose.further("death", "stay", at=minutes(300), emitted=minutes(60))
    assert _verdicts(rose) == {"send"}
    after = rose.admit("other", at=minutes(310), establishment=NURSING_HOME)
    of_after = [each for each in derive_obligations(rose.events, EVERYBODY) if each.event == after]
    assert {each.verdict for each in of_after} == {Suppress("deceased")}
    rose.update(foretold, emitted=minutes(320), occurred_at=minutes(315))
    assert _verdicts(rose) == {"deceased"}


def test_a_death_by_a_clock_that_is_a_little_ahead_silences_at_once() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.further("death", "stay", at=minutes(64), emitted=minutes(60))
    assert _verdicts(rose) == {"deceased"}


def _owed_by_the_end_of_a_death(
    rose: PersonHistory, *, until: float, stay: str = "stay"
) -> dict[tuple[str | None, str], bool]:
    """(establishment, kind) -> whether it is to be sent; both derivations agree on what is owed.

    Pathway states what it does of somebody alive: what it makes of a death is not asked here.
    """
    waited = with_watched_arrivals(rose.events, until=minutes(until - 10))
    death = rose.further("death", stay, at=minutes(60))
    end = rose.cancel(death, emitted=minutes(until))
    stated = [*waited, death, end]
    derived = derive_obligations(stated, EVERYBODY)
    owed = owed_obligations(stated, audited(EVERYBODY))
    assert {each.key for each in derived} == {(key.event_id, key.recipient_id, key.kind) for key in owed}
    return {
        (each.recipient.establishment, each.kind): isinstance(each.verdict, Send)
        for each in derived
        if each.event == end
    }


def _on_the_way() -> PersonHistory:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(-3000))
    rose.transfer("stay", at=minutes(0), to=NURSING_HOME)
    return rose


@pytest.mark.parametrize("until", [600, 6000])
def test_who_was_taken_for_dead_and_is_missing_is_missed_once_that_was_an_error(until: float) -> None:
    again = _owed_by_the_end_of_a_death(_on_the_way(), until=until)
    assert again[HOSPITAL, "transfer.overdue"]
    assert again[NURSING_HOME, "transfer.overdue"]
    assert again[NURSING_HOME, "transfer.departed"]


def test_who_has_come_meanwhile_is_announced_to_nobody_and_the_arrival_is_told() -> None:
    rose = _on_the_way()
    rose.admit("home", at=minutes(90), establishment=NURSING_HOME)
    again = _owed_by_the_end_of_a_death(rose, until=600)
    assert again[HOSPITAL, "transfer.arrived"]
    assert not again[NURSING_HOME, "transfer.departed"]
    assert (HOSPITAL, "transfer.overdue") not in again


def test_who_did_not_come_back_from_a_leave_is_missed_once_a_death_was_an_error() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(-3000))
    rose.further("leave", "stay", at=minutes(0), expected_at=minutes(100))
    assert _owed_by_the_end_of_a_death(rose, until=2000)[HOSPITAL, "return.overdue"]
