"""Takes each message of what came together, and answers all of them in one reply."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from services.admission.api.hl7v2.door import Acknowledged, take_message
from services.admission.domain.hl7v2.batch import is_batch, messages_of
from services.admission.domain.hl7v2.findings import Finding
from services.admission.handlers.dependencies import Dependencies
from shared.runtime.errors import UnusableValue
from shared.security.principal import Principal

MOST_MESSAGES: Final = 500
TOO_MANY: Final = Finding(
    code=207,
    french="Plus de 500 messages à la fois.",
    english="There are more than 500 messages at once.",
)


class TooManyMessages(UnusableValue):
    """More messages came together than are taken."""


async def take_messages(
    dependencies: Dependencies, raw: bytes, *, source: Principal, charset: str | None = None
) -> list[Acknowledged]:
    """The answer to each message, in order; raises TooManyMessages before any is taken."""
    messages = list(islice(messages_of(raw), MOST_MESSAGES + 1))
    if len(messages) > MOST_MESSAGES:
        raise TooManyMessages
    return [await take_message(dependencies, each, source=source, charset=charset) for each in messages]


def enveloped(raw: bytes, acknowledgements: Sequence[bytes]) -> bytes:
    """The acknowledgements in one reply: in a batch where a batch came."""
    joined = b"".join(acknowledgements)
    if not is_batch(raw):
        return joined
    return b"BHS|^~\\&|RELAIS\r" + joined + b"BTS|%d\r" % len(acknowledgements)


def in_one_frame(raw: bytes, answers: Sequence[Acknowledged]) -> bytes | None:
    """The reply to a frame, for a peer that may read the first acknowledgement only: refusals come first.

    `None` where its sender wants no answer.
    """
    wanted = [each for each in answers if each.is_wanted]
    wanted.sort(key=lambda each: each.answer.verdict == "A")
    return enveloped(raw, [each.raw for each in wanted]) if wanted or not answers else None
