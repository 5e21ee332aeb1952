"""Judges whether a source speaks as usual, only says that it lives, or is silent."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from services.admission.domain.rhythm.learn import Rhythm
from services.admission.domain.rhythm.minutes import Minutes
from services.admission.domain.rhythm.overdue import overdue_at

Reason = Literal["nothing_heard", "only_heartbeats"]
"""Not even a heartbeat comes; heartbeats come, and what usually comes does not."""

State = Literal["learning", "as_usual"] | Reason


class Signs(Struct, frozen=True):
    """What is known of a source's messages, or of its heartbeats."""

    last: datetime | None = None
    """The minute in which one was heard last."""
    rhythm: Rhythm | None = None
    """`None` while too little is known."""


class Judgement(Struct, frozen=True, kw_only=True):
    """Whether a source is silent, since when, and from when on it would be."""

    state: State
    since: datetime | None = None
    """Of what is missing now, when it came last."""
    alarm_at: datetime | None = None
    """When it is, or was, silent unless it is heard before; `None` while that cannot be told."""


def judge(messages: Signs, heartbeats: Signs, *, listened: Minutes, now: datetime) -> Judgement:
    """Judge by messages and heartbeats, whichever is missed first.

    Where a source went on with messages after its heartbeats ended, these say nothing any more.
    """

    def overdue(signs: Signs, since: datetime | None) -> datetime | None:
        if signs.rhythm is None or since is None:
            return None
        return overdue_at(signs.rhythm, since, listened=listened, now=now)

    last = max((each for each in (messages.last, heartbeats.last) if each is not None), default=None)
    ended = overdue(heartbeats, heartbeats.last)
    beats = Signs() if ended and messages.last and messages.last > ended else heartbeats
    moments = [each for each in (overdue(messages, last), overdue(beats, last)) if each is not None]
    if not moments:
        return Judgement(state="learning")
    alarm_at = min(moments)
    if alarm_at <= now:
        return Judgement(state="nothing_heard", since=last, alarm_at=alarm_at)
    quiet_at = overdue(messages, messages.last)
    if quiet_at is not None and quiet_at <= now:
        return Judgement(state="only_heartbeats", since=messages.last, alarm_at=alarm_at)
    return Judgement(state="as_usual", alarm_at=alarm_at)
