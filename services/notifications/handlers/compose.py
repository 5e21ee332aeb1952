"""What exactly is sent? The words for one reader over one channel, from what was sealed."""

from datetime import datetime
from typing import Final

from services.notifications.channels.channel import Message
from services.notifications.domain.decision import Tell
from services.notifications.domain.kinds import FACT_KINDS, corrected, is_corrected
from services.notifications.domain.obligations import Obligation
from services.notifications.domain.wording import Rendered, WordingContext, render
from services.notifications.handlers.links import token_of
from services.notifications.handlers.means import Means
from services.notifications.storage import seals
from services.notifications.storage.readers import SealedReader

_DISCREET: Final = 1
_SHORTEST_VALIDITY_SECONDS: Final = 60


def compose(
    means: Means, own: Obligation, tell: Tell, sealed: SealedReader, *, now: datetime
) -> tuple[Message, Rendered]:
    """The message, and the template it came from; raises `NoWordingError`."""
    if sealed.wrapped_key is None:
        raise ValueError("a member without a key cannot have contacts")
    address = means.vault.decrypt(
        sealed.wrapped_key,
        sealed.addresses[tell.channel],
        context=seals.contact_of(own.recipient_id, tell.channel),
    )
    rendered = render(shown_kind(own), tell.channel, _context(means, own, tell, sealed))
    message = Message(
        attempt_id=tell.attempt_id,
        to=address.decode(),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        validity_seconds=max(_SHORTEST_VALIDITY_SECONDS, int((own.deadline - now).total_seconds())),
    )
    return message, rendered


def shown_kind(own: Obligation) -> str:
    """The kind in whose words it is told: an overdue arrival is corrected by the arrival."""
    shown = next((kind for kind in FACT_KINDS if kind == own.shown_kind), None)
    if shown is None:
        return own.kind
    return corrected(shown) if is_corrected(own.kind) else shown


def alias_of(means: Means, own: Obligation, sealed: SealedReader) -> str | None:
    """What this reader calls the person; none where the words must not say."""
    if sealed.alias is None or sealed.wrapped_key is None or sealed.reader.discretion <= _DISCREET:
        return None
    context = seals.alias_of(own.recipient_id)
    return means.vault.decrypt(sealed.wrapped_key, sealed.alias, context=context).decode()


def _context(means: Means, own: Obligation, tell: Tell, sealed: SealedReader) -> WordingContext:
    told = tell.correction_of
    return WordingContext(
        reader=own.recipient_role,
        alias=alias_of(means, own, sealed),
        occurred_at=own.fact_occurred_at.astimezone(means.zone),
        link=f"{means.public_url}/s/{token_of(means.vault, own.obligation_id)}",
        phone=means.contact_phone,
        correction_of=None if told is None else told.astimezone(means.zone),
    )
