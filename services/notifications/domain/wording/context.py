"""What a text is made of, and the text ready to be sent."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.notifications.domain.circle.members import Role
from services.notifications.domain.wording import texts
from shared.runtime.errors import UnusableValue

Language = Literal["fr", "en"]

_ALL_TEXTS = sorted((name, repr(text)) for name, text in vars(texts).items() if name.isupper())
TEXTS_DIGEST: Final = hashlib.sha256(repr(_ALL_TEXTS).encode()).hexdigest()[:12]
"""The version of all texts, kept with each attempt."""


@dataclass(frozen=True, kw_only=True)
class WordingContext:
    """All that a text may be made of: no name but the alias, no unit, no establishment, no diagnosis."""

    recipient: Role
    alias: str | None
    """What the carer calls the person; `None` for a professional, and for a carer who chose discretion."""
    occurred_at: datetime
    """When it happened, in the recipient's time zone; for `transfer.overdue`, when the person left."""
    link: str
    phone: str
    corrects_sent_at: datetime | None = None
    """When the recipient was told what this corrects or retracts, in their time zone."""
    sent_at: datetime | None = None
    """When it is read, in their time zone: a moment of another year names its year."""
    late: bool = False
    """We learned of it long after it happened."""
    present: bool | None = None
    """Whether the person is in an establishment now; `None` where nobody asked."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A text ready to be sent, and the template it came from (evidence that outlives the text)."""

    subject: str | None
    text: str
    html: str | None
    template: str


class NoWordingError(UnusableValue):
    """This fact has no text for this recipient over this medium."""
