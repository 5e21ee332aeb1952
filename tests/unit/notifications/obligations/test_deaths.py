"""A death that is stated as a fact silences all messages, as one by which a stay ended does."""

from services.notifications.domain.obligations.derivation import Send, Suppress, derive_obligations
from shared.testing.person_history import PersonHistory, minutes
from tests.unit.notifications.circles import EVERYBODY


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
