"""Judges when an arrival is overdue: when the destination would have told us of it, had it come.

That a deadline passed says little while the destination has not spoken since: its messages may lie in a
queue, and a departure and its arrival may come in one burst. So a wait is overdue once the destination's feed
is known to have passed the deadline, and what came with that has settled; or, from a destination that stays
silent, once a grace is over. Neither is measured from before we knew of the departure.
"""

from datetime import datetime, timedelta

from services.pathway.domain.pathway import Expectation
from services.pathway.domain.rules import Rules
from services.pathway.domain.showing import state_at


def is_overdue(
    expectation: Expectation, rules: Rules, *, current_until: datetime | None, now: datetime
) -> bool:
    """Whether a wait is overdue: nothing ended it, and the destination would have told us.

    `current_until`: the newest emission of the destination that was heard long enough ago for what was
    emitted before it to be here; `None` when nothing was.
    """
    if state_at(expectation, now) != "overdue":
        return False
    known_at = expectation.known_at or expectation.due_at
    if now > max(expectation.due_at, known_at) + rules.feed_grace:
        return True
    is_current = current_until is not None and current_until > expectation.due_at
    return is_current and now > known_at + rules.feed_settling


def must_listen_first(
    rules: Rules, *, lag: timedelta | None, watching_since: datetime | None, now: datetime
) -> bool:
    """Whether it is too early to judge anybody: what was stated while we were away is still coming in.

    `lag`: how old the newest of what was heard in the last moments was then; `None` when nothing was heard.
    """
    if watching_since is not None and now < watching_since + rules.feed_settling:
        return True
    return bool(rules.feed_settling) and lag is not None and lag > rules.feed_settling / 2
