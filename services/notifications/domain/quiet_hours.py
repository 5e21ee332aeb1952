"""When may a carer's phone ring? Not between 21:30 and 07:30 where they live, unless they said so."""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.notifications.domain.catalogue import Urgency
from services.notifications.domain.circle import Role

BEGIN: Final = time(21, 30)
END: Final = time(7, 30)

_OPTIONAL: Final[frozenset[Urgency]] = frozenset(("U2", "U3"))


def held_until(
    now: datetime,
    *,
    zone: ZoneInfo,
    urgency: Urgency,
    role: Role,
    night: bool,
    expires_at: datetime | None = None,
) -> datetime | None:
    """The end of the quiet hours, when this must wait for it; delays, never drops.

    What would expire before the morning is told at night: it came late through no fault of the reader.
    Desks of professionals are staffed or read in the morning: an e-mail wakes nobody.
    """
    if role == "professional" or (night and urgency in _OPTIONAL):
        return None
    local = now.astimezone(zone)
    if END <= local.time() < BEGIN:
        return None
    morning = local.date() + timedelta(days=1 if local.time() >= BEGIN else 0)
    end = datetime.combine(morning, END, tzinfo=zone).astimezone(now.tzinfo)
    return end if expires_at is None or end < expires_at else None
