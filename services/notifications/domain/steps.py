"""What comes after an attempt, and when? Wait, try the same channel again, or go to the next one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from services.notifications.domain.attempt import Attempt
from services.notifications.domain.catalogue import PACES, Urgency
from services.notifications.domain.circle import Medium
from services.notifications.domain.waits import Waits

_MOST_THAT_MAY_REACH_BY_ONE_STEP = 2


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """The waits as they apply to one urgency."""

    waits: Waits
    urgency: Urgency

    @property
    def step(self) -> timedelta:
        return self.waits.of_pace(PACES[self.urgency].step)

    @property
    def deadline(self) -> timedelta:
        return self.waits.of_pace(PACES[self.urgency].deadline)

    @property
    def unknown(self) -> timedelta:
        waits = self.waits
        return timedelta(
            seconds=waits.urgent_unknown_seconds if self.urgency == "U3" else waits.unknown_seconds
        )

    def retry(self, refusals: int, attempt_id: UUID) -> timedelta:
        """After so many refusals; spread by a tenth, so that a crowd does not return together."""
        delays = self.waits.retry_seconds
        spread = 0.9 + 0.2 * (attempt_id.int % 1000) / 999
        return timedelta(seconds=delays[min(refusals, len(delays)) - 1] * spread)


class Next(msgspec.Struct, frozen=True, kw_only=True):
    """The next thing to do about an obligation that was tried."""

    move: Literal["again", "next_step"]
    at: datetime


def after(attempts: Sequence[Attempt], patience: Patience, *, step_ends_at: datetime | None) -> Next | None:
    """What follows the last attempt; none while it is in flight.

    `step_ends_at`: for the last channel there is, the moment until which it is tried; none for any other.
    """
    last = attempts[-1]
    step = [attempt for attempt in attempts if attempt.step == last.step]
    heard_at = last.answered_at or last.claimed_at
    # A report may say that an earlier try was taken after all, of which nobody knew when the last one began.
    taken = [attempt for attempt in step if attempt.status == "accepted"]
    match last.status:
        case "claimed":
            return None
        case "accepted" | "unknown" | "rejected_temporarily" if taken:
            waited = taken[-1].claimed_at + patience.step
            return Next(move="next_step", at=max(waited, step_ends_at or waited))
        case "unknown":
            waited = last.claimed_at + patience.unknown
            if sum(attempt.may_have_reached for attempt in step) < _MOST_THAT_MAY_REACH_BY_ONE_STEP:
                return Next(move="again", at=waited)
            return Next(move="next_step", at=max(waited, step_ends_at or waited))
        case "rejected_temporarily":
            refusals = sum(attempt.status == "rejected_temporarily" for attempt in step)
            at = heard_at + patience.retry(refusals, last.attempt_id)
            in_time = at <= (step_ends_at or step[0].claimed_at + patience.step)
            return Next(move="again", at=at) if in_time else Next(move="next_step", at=heard_at)
        case _:
            return Next(move="next_step", at=heard_at)


def next_channel(
    attempts: Sequence[Attempt], usable: Sequence[Medium], *, again: bool
) -> tuple[Medium, int] | None:
    """The channel to try and its step; `usable` in the order to try, without contacts that are bad."""
    if again and attempts and attempts[-1].channel in usable:
        return attempts[-1].channel, attempts[-1].step
    done = {attempt.channel for attempt in attempts}
    step = attempts[-1].step + 1 if attempts else 1
    return next(((channel, step) for channel in usable if channel not in done), None)
