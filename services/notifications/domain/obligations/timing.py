"""How long everything is waited for: retries, escalation steps, deadlines and quiet hours."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from services.notifications.domain.circle.members import ChannelName, Role
from services.notifications.domain.obligations.catalogue import PACES, SETTLES, Urgency
from services.notifications.domain.obligations.obligation import Attempt, Obligation
from shared.stays.clocks import WARD_CLOCK_AHEAD

BEGIN: Final = time(21, 30)
END: Final = time(7, 30)
"""Of quiet hours, where the recipient lives."""

_MAY_WAKE: Final[frozenset[Urgency]] = frozenset(("U2", "U3"))
_FLOOR_SECONDS: Final = 0.2
_PACE_FLOOR: Final = timedelta(seconds=5)  # a delivery report takes that long, whatever the factor
_MAX_SENDS_PER_CHANNEL: Final = 2
_RECHECKS_UNTIL_SETTLED: Final = 10  # ten seconds, unless waits are compressed


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """All waits of the engine in seconds, which tests and demos may compress."""

    retry_seconds: tuple[float, ...] = (60.0, 300.0, 900.0)
    """After a temporary refusal, before the same channel is tried again."""
    unknown_seconds: float = 180.0
    """For a delivery report, when it is unknown whether the provider took the message."""
    urgent_unknown_seconds: float = 60.0
    recheck_seconds: float = 1.0
    """Before looking again, while an earlier message to the same recipient is being sent."""
    pace_factor: float = 1.0
    """Compresses the steps and deadlines of the catalogue; the expiry of news is not compressed."""
    call_seconds: float = 22.0
    """For one call to a provider; never compressed, and shorter than the time a worker has to stop."""
    lease_seconds: float = 30.0
    """For the outcome of a claimed attempt, longer than any call; never compressed."""

    @property
    def settling(self) -> timedelta:
        """For what belongs together to come in: the consumer's next batch, a provider's answer."""
        return timedelta(seconds=self.recheck_seconds * _RECHECKS_UNTIL_SETTLED)

    def compressed(self, factor: float) -> "Waits":
        """The same waits with a faster clock; what guards against sending twice keeps its length."""
        if not 0 < factor <= 1:
            raise ValueError("a factor above 0, at most 1")
        return msgspec.structs.replace(
            self,
            retry_seconds=tuple(max(_FLOOR_SECONDS, wait * factor) for wait in self.retry_seconds),
            unknown_seconds=max(_FLOOR_SECONDS, self.unknown_seconds * factor),
            urgent_unknown_seconds=max(_FLOOR_SECONDS, self.urgent_unknown_seconds * factor),
            recheck_seconds=max(_FLOOR_SECONDS, self.recheck_seconds * factor),
            pace_factor=factor,
        )

    def of_pace(self, length: timedelta) -> timedelta:
        """A step or a deadline of the catalogue, compressed."""
        return max(min(length, _PACE_FLOOR), length * self.pace_factor)


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for every decision of one transaction."""

    now: datetime
    waits: Waits
    zone: ZoneInfo
    """Where nothing says in which zone somebody reads."""

    def zone_of(self, *names: str | None) -> ZoneInfo:
        """The first of these time zones that there is."""
        known = (zone_named(name) for name in names if name is not None)
        return next((zone for zone in known if zone is not None), self.zone)


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo | None:
    """The time zone with this IANA name; `None` when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a name that is a folder is an OSError
        return None


def delayed_until(
    now: datetime,
    *,
    zone: ZoneInfo,
    urgency: Urgency,
    role: Role,
    night: bool,
    expires_at: datetime | None = None,
) -> datetime | None:
    """The end of the quiet hours, if this must wait for it; delays, never drops.

    What would expire before the morning is told at night: it came late through no fault of the recipient.
    A professional contact is staffed or reads in the morning: an e-mail wakes nobody.
    """
    if role == "professional" or (night and urgency in _MAY_WAKE):
        return None
    local = now.astimezone(zone)
    if END <= local.time() < BEGIN:
        return None
    morning = local.date() + timedelta(days=1 if local.time() >= BEGIN else 0)
    end = datetime.combine(morning, END, tzinfo=zone).astimezone(now.tzinfo)
    return end if expires_at is None or end < expires_at else None


def comes_later(obligation: Obligation, circumstances: Circumstances) -> datetime | None:
    """When it may be told first, if that is still to come.

    What is dated ahead happens first. A desk is told of an entry or a departure once pathway had the time to
    say more of it: that it ends a wait, or that the wait is over already (0053).
    """
    now = circumstances.now
    if not obligation.is_news:
        return None
    if obligation.fact_occurred_at > now + WARD_CLOCK_AHEAD:
        return obligation.fact_occurred_at
    settles = obligation.recipient_role == "professional" and obligation.kind in SETTLES
    settled_at = obligation.not_before + circumstances.waits.settling
    return settled_at if settles and now < settled_at else None


class UrgencyWaits(msgspec.Struct, frozen=True, kw_only=True):
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
        """The delay after so many refusals; spread by a tenth, so that not all return at one moment."""
        delays = self.waits.retry_seconds
        spread = 0.9 + 0.2 * (attempt_id.int % 1000) / 999
        return timedelta(seconds=delays[min(refusals, len(delays)) - 1] * spread)


class NextTry(msgspec.Struct, frozen=True, kw_only=True):
    """The next thing to do about an obligation that was tried."""

    action: Literal["again", "next_step"]
    at: datetime


def next_try(
    attempts: Sequence[Attempt], urgency_waits: UrgencyWaits, *, step_ends_at: datetime | None
) -> NextTry | None:
    """What follows the last attempt; `None` while it is in flight.

    `step_ends_at`: for the last channel there is, the moment until which it is tried; `None` for any other.
    """
    last = attempts[-1]
    step = [attempt for attempt in attempts if attempt.step == last.step]
    heard_at = last.answered_at or last.claimed_at
    # A report may say that an earlier attempt was accepted after all, which was not known before the last.
    taken = [attempt for attempt in step if attempt.status == "accepted"]
    match last.status:
        case "claimed":
            return None
        case "accepted" | "unknown" | "rejected_temporarily" if taken:
            waited = taken[-1].claimed_at + urgency_waits.step
            return NextTry(action="next_step", at=max(waited, step_ends_at or waited))
        case "unknown":
            waited = last.claimed_at + urgency_waits.unknown
            if sum(attempt.may_have_reached for attempt in step) < _MAX_SENDS_PER_CHANNEL:
                return NextTry(action="again", at=waited)
            return NextTry(action="next_step", at=max(waited, step_ends_at or waited))
        case "rejected_temporarily":
            refusals = sum(attempt.status == "rejected_temporarily" for attempt in step)
            at = heard_at + urgency_waits.retry(refusals, last.attempt_id)
            in_time = at <= (step_ends_at or step[0].claimed_at + urgency_waits.step)
            return NextTry(action="again", at=at) if in_time else NextTry(action="next_step", at=heard_at)
        case _:
            return NextTry(action="next_step", at=heard_at)


def next_channel(
    attempts: Sequence[Attempt], usable: Sequence[ChannelName], *, again: bool
) -> tuple[ChannelName, int] | None:
    """The channel to try and its step; `usable` in the order to try, without contacts that are bad."""
    if again and attempts and attempts[-1].channel in usable:
        return attempts[-1].channel, attempts[-1].step
    done = {attempt.channel for attempt in attempts}
    step = attempts[-1].step + 1 if attempts else 1
    return next(((channel, step) for channel in usable if channel not in done), None)
