"""Which news is there, how urgent is it, who is told and how? The catalogue, as data.

U0 is for information, U1 the same day, U2 within 30 minutes, U3 within 15. New kinds are rows here, a
mapping in `statements` and a wording.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal

import msgspec

from services.notifications.domain.circle import Medium, Role
from services.notifications.domain.kinds import FactKind, fact_of

Urgency = Literal["U0", "U1", "U2", "U3"]


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """What an urgency means in time."""

    deadline: timedelta
    """From the moment the fact is known, or may be told, to the reader informed."""
    step: timedelta
    """For one channel, before the next one is tried."""


PACES: Final[Mapping[Urgency, Pace]] = {
    "U0": Pace(deadline=timedelta(hours=24), step=timedelta(hours=4)),
    "U1": Pace(deadline=timedelta(hours=12), step=timedelta(hours=1)),
    "U2": Pace(deadline=timedelta(minutes=30), step=timedelta(minutes=10)),
    "U3": Pace(deadline=timedelta(minutes=15), step=timedelta(minutes=5)),
}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of news; its correction and its retraction travel at the same pace."""

    urgency: Urgency
    channels: Mapping[Role, tuple[Medium, ...]]
    """Who may be told over what, in order; a role that is not named is never told."""
    expires_after: timedelta
    """Then it is not worth telling any more: a person sees to it."""
    needs_acknowledgement: bool = False


_CARER: Final[Mapping[Role, tuple[Medium, ...]]] = {"carer": ("sms", "email")}
_PROFESSIONAL: Final[Mapping[Role, tuple[Medium, ...]]] = {"professional": ("email",)}
_BOTH: Final[Mapping[Role, tuple[Medium, ...]]] = {**_CARER, **_PROFESSIONAL}
_DAY: Final = timedelta(hours=24)

CATALOGUE: Final[Mapping[FactKind, Entry]] = {
    "admission.occurred": Entry(urgency="U2", channels=_BOTH, expires_after=_DAY),
    "transfer.departed": Entry(urgency="U3", channels=_PROFESSIONAL, expires_after=_DAY),
    "transfer.arrived": Entry(urgency="U2", channels=_BOTH, expires_after=_DAY),
    "transfer.overdue": Entry(urgency="U3", channels=_PROFESSIONAL, expires_after=_DAY),
    "discharge.occurred": Entry(urgency="U2", channels=_BOTH, expires_after=_DAY),
}

STALE_AFTER: Final = timedelta(hours=24)
"""News that is older than this when it is recorded, or when someone joins, is not told as news."""

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far ahead of ours a ward's clock may run; what is dated further ahead has not happened yet."""


def entry_of(kind: str) -> Entry:
    """The entry of a kind, of its correction and of its retraction."""
    return CATALOGUE[fact_of(kind)]
