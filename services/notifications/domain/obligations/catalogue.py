"""The catalogue of news: its kinds, how urgent each is, who may be told and over which channel.

U0 is for information, U1 the same day, U2 within 30 minutes, U3 within 15. New kinds are rows here, a
mapping in `statements` and a wording. Each fact also has a correction and a retraction.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, get_args
from uuid import UUID

import msgspec

from services.notifications.domain.circle.members import ChannelName, Discretion, Role

FactKind = Literal[
    "admission.occurred",
    "transfer.departed",
    "transfer.arrived",
    "transfer.overdue",
    "transfer.elsewhere",
    "transfer.returned",
    "transfer.closed",
    "discharge.occurred",
    "care.at_home",
    "person.merged",
    "return.overdue",
    "return.ended",
]
Mood = Literal["plain", "late", "corrected", "retracted"]
FACT_KINDS: Final[tuple[FactKind, ...]] = get_args(FactKind)

_CORRECTED: Final = ".corrected"
_RETRACTED: Final = ".retracted"

Urgency = Literal["U0", "U1", "U2", "U3"]


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """What an urgency means in time."""

    deadline: timedelta
    """From the moment the fact is known, or may be told, to the recipient informed."""
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
    channels: Mapping[Role, tuple[ChannelName, ...]]
    """Who may be told over what, in order; a role that is not named is never told."""
    expires_after: timedelta
    """After that it is not told any more: a task for a person is opened."""
    needs_acknowledgement: bool = False


_CARER: Final[Mapping[Role, tuple[ChannelName, ...]]] = {"carer": ("sms", "email")}
_PROFESSIONAL: Final[Mapping[Role, tuple[ChannelName, ...]]] = {"professional": ("email",)}
_BOTH: Final[Mapping[Role, tuple[ChannelName, ...]]] = {**_CARER, **_PROFESSIONAL}
_DAY: Final = timedelta(hours=24)

CATALOGUE: Final[Mapping[FactKind, Entry]] = {
    "admission.occurred": Entry(urgency="U2", channels=_BOTH, expires_after=_DAY),
    "transfer.departed": Entry(urgency="U3", channels=_PROFESSIONAL, expires_after=_DAY),
    "transfer.arrived": Entry(urgency="U2", channels=_BOTH, expires_after=_DAY),
    "transfer.overdue": Entry(urgency="U3", channels=_PROFESSIONAL, expires_after=_DAY),
    "transfer.elsewhere": Entry(urgency="U2", channels=_PROFESSIONAL, expires_after=_DAY),
    "transfer.returned": Entry(urgency="U2", channels=_PROFESSIONAL, expires_after=_DAY),
    "transfer.closed": Entry(urgency="U2", channels=_PROFESSIONAL, expires_after=_DAY),
    "discharge.occurred": Entry(urgency="U2", channels=_BOTH, expires_after=_DAY),
    "care.at_home": Entry(urgency="U2", channels=_BOTH, expires_after=_DAY),
    "person.merged": Entry(urgency="U2", channels=_BOTH, expires_after=_DAY),
    "return.overdue": Entry(urgency="U2", channels=_PROFESSIONAL, expires_after=_DAY),
    "return.ended": Entry(urgency="U2", channels=_PROFESSIONAL, expires_after=_DAY),
}

ENTRIES: Final[tuple[FactKind, ...]] = ("admission.occurred", "care.at_home")
"""News of an entry, which may turn out to be the end of a wait."""

SETTLES: Final[tuple[FactKind, ...]] = (*ENTRIES, "transfer.departed")
"""News of which pathway may say more to a desk within moments."""

STALE_AFTER: Final = timedelta(hours=24)
"""News that is older than this when it is recorded, or when someone joins, is not told as news.

A rupture is as old as its discovery: it is told however long ago the arrival was due."""


def corrected(kind: FactKind) -> str:
    """The kind that says: what you were told has changed."""
    return kind + _CORRECTED


def retracted(kind: FactKind) -> str:
    """The kind that says: what you were told did not take place."""
    return kind + _RETRACTED


def is_corrected(kind: str) -> bool:
    return kind.endswith(_CORRECTED)


def is_retracted(kind: str) -> bool:
    return kind.endswith(_RETRACTED)


def mood_of(kind: str, *, late: bool) -> Mood:
    """How the text of a kind begins: it takes back, corrects, comes late, or is plain news."""
    if is_retracted(kind):
        return "retracted"
    if is_corrected(kind):
        return "corrected"
    return "late" if late else "plain"


def fact_of(kind: str) -> FactKind:
    """The fact that a kind is about; itself, when it corrects nothing."""
    name = kind.removesuffix(_CORRECTED).removesuffix(_RETRACTED)
    for known in FACT_KINDS:
        if known == name:
            return known
    raise ValueError("not a kind of the catalogue")


def entry_of(kind: str) -> Entry:
    """The entry of a kind, of its correction and of its retraction."""
    return CATALOGUE[fact_of(kind)]


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """A member of the circle as far as rights are concerned: no name, no contact."""

    member_id: UUID
    role: Role
    establishment: str | None = None
    """Of a professional."""
    joined_at: datetime
    revoked_at: datetime | None = None
    discretion: Discretion = 2
    night: bool = False
    zone: str | None = None

    def may_know(self, *, occurred_at: datetime, recorded_at: datetime) -> bool:
        """Whether it was recorded during the membership, or happened in the day before it."""
        if self.revoked_at is not None and recorded_at >= self.revoked_at:
            return False
        return recorded_at > self.joined_at or occurred_at > self.joined_at - STALE_AFTER


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """Roles and establishments, not persons: the circle says who they are."""

    carers: bool = False
    professionals: bool = False
    """All professionals of the circle but those of `except_establishment`."""
    except_establishment: str | None = None
    """The establishment that states the fact knows it already."""
    establishments: tuple[str, ...] = ()
    """Establishments whose professionals are told because the fact is about them."""

    def includes(self, recipient: Recipient) -> bool:
        if recipient.role == "carer":
            return self.carers
        if recipient.establishment in self.establishments:
            return True
        return self.professionals and recipient.establishment != self.except_establishment
