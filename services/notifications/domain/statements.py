"""What does an event state, as far as anyone has to be told? Events become versions of facts.

A fact has a key (a movement, or an arrival that is watched) and versions: the newest one holds. For a
movement that is the newest insert or update by `(emitted_at, sequence)`, and a cancel is final. For a
watched arrival it is what pathway stated last.
"""

from datetime import datetime
from typing import Final

import msgspec

from services.notifications.domain.audience import Audience, Recipient
from services.notifications.domain.kinds import FactKind
from shared.events.envelope import RecordedEvent

LOCATION: Final = "location"
NOTHING: Final = ""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What readers are told, and who they are."""

    kind: FactKind
    shown_kind: FactKind
    """What the words say; differs from `kind` where one fact ends by another."""
    audience: Audience
    occurred_at: datetime
    """The moment that the words name."""
    said: str
    """Equal for equal words: an update that changes nothing that was said corrects nothing."""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One event as a version of one fact."""

    event: RecordedEvent
    fact_key: str
    aspect: str
    """What the news is about: news of the same aspect reaches a reader in the order it happened."""
    version: tuple[bool, datetime, int]
    stated_by: str
    news: News | None = None
    """None when nobody is told: a move within an establishment, a death, an end."""
    ends: tuple[FactKind, ...] = ()
    """What holds no more, or never took place, by this event."""
    replaces: bool = True
    """It is the whole new content: who is no longer concerned must be told so."""
    only_corrects: bool = False
    """It is no news to those who were not told before."""
    death: bool = False

    def said_to(self, recipient: Recipient) -> str:
        """What this recipient would be told by it; nothing by an end."""
        if self.ends or self.news is None or not self.news.audience.includes(recipient):
            return NOTHING
        return self.news.said

    def bears_on(self, kind: FactKind, recipient: Recipient) -> bool:
        """Does it confirm, change or end what this recipient may have been told as `kind`?"""
        if self.ends:
            return kind in self.ends
        return self.replaces or self.said_to(recipient) != NOTHING
