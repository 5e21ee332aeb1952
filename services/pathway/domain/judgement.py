"""Judges when an arrival is overdue: when the destination would have told us of it, had it come.

A deadline that passed says little while the destination has not spoken since: its messages may still be on
their way. So a wait is overdue once its feed is known to have passed the deadline, or silent for a grace.
"""

from datetime import datetime, timedelta

from services.pathway.domain.pathway import Expectation, State
from services.pathway.domain.rules import Rules
from services.pathway.domain.showing import state_of


def state_at(expectation: Expectation, now: datetime, *, closed: bool = False) -> State:
    """What the expectation has come to at this moment, where its destination tells us all without delay."""
    return state_of(expectation, overdue=now > expectation.due_at, closed=closed)


def is_overdue(
    expectation: Expectation, rules: Rules, *, current_until: datetime | None, now: datetime
) -> bool:
    """Whether a wait is overdue: nothing ended it, and the destination would have told us.

    `current_until`: the newest emission of the destination that was heard long enough ago for what was
    emitted before it to be here; `None` when nothing was.
    """
    if state_at(expectation, now) != "overdue":
        return False
    return is_past(
        expectation.due_at, rules, known_at=expectation.known_at, current_until=current_until, now=now
    )


def is_past(
    due_at: datetime,
    rules: Rules,
    *,
    known_at: datetime | None,
    current_until: datetime | None,
    now: datetime,
) -> bool:
    """Whether a deadline has passed, and whoever would have told us what was due has spoken since."""
    known_at = known_at or due_at
    if now > max(due_at, known_at) + rules.feed_grace:
        return True
    is_current = current_until is not None and current_until > due_at
    return is_current and now > max(due_at, known_at + rules.feed_settling)


def must_listen_first(
    rules: Rules, *, lag: timedelta | None, watching_since: datetime | None, now: datetime
) -> bool:
    """Whether it is too early to judge anybody: what was stated while we were away is still coming in.

    `lag`: how old the newest of what was heard in the last moments was then; `None` when nothing was heard.
    """
    if watching_since is not None and now < watching_since + rules.feed_settling:
        return True
    return bool(rules.feed_settling) and lag is not None and lag > rules.feed_settling / 2
