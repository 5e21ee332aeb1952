"""Composes the message of an attempt from what is stored encrypted, with its link to the carer page."""

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.notifications.channels.channel import Message
from services.notifications.domain.delivery.decision import Tell
from services.notifications.domain.obligations.catalogue import FACT_KINDS, corrected, is_corrected
from services.notifications.domain.obligations.obligation import Obligation
from services.notifications.domain.wording import mail, sms
from services.notifications.domain.wording.context import WordingContext
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.circle import members
from services.notifications.storage.circle.members import EncryptedReader
from shared.security.vault import Vault

LINKS_LIVE: Final = timedelta(days=7)

_TOKEN_BYTES: Final = 8  # 11 characters in the SMS; guessing one of a million live ones takes 2e13 tries
_DISCREET: Final = 1
_SHORTEST_VALIDITY_SECONDS: Final = 60


def compose(
    dependencies: Dependencies, obligation: Obligation, tell: Tell, sealed: EncryptedReader, *, now: datetime
) -> tuple[Message, str]:
    """The message, and the name of the template it came from; raises `NoWordingError`."""
    if sealed.wrapped_key is None:
        raise ValueError("a member without a key cannot have contacts")
    address = dependencies.vault.decrypt(
        sealed.wrapped_key,
        sealed.addresses[tell.channel],
        context=members.contact_context(obligation.recipient_id, tell.channel),
    )
    render = sms.render if tell.channel == "sms" else mail.render
    rendered = render(shown_kind(obligation), _context(dependencies, obligation, tell, sealed))
    message = Message(
        attempt_id=tell.attempt_id,
        to=address.decode(),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        validity_seconds=max(_SHORTEST_VALIDITY_SECONDS, int((obligation.deadline - now).total_seconds())),
    )
    return message, rendered.template


def shown_kind(obligation: Obligation) -> str:
    """The kind in whose words it is told: an overdue arrival is corrected by the arrival."""
    shown = next((kind for kind in FACT_KINDS if kind == obligation.shown_kind), None)
    if shown is None:
        return obligation.kind
    return corrected(shown) if is_corrected(obligation.kind) else shown


def alias_of(dependencies: Dependencies, obligation: Obligation, sealed: EncryptedReader) -> str | None:
    """What this reader calls the person; none where the words must not say."""
    if sealed.alias is None or sealed.wrapped_key is None or sealed.reader.discretion <= _DISCREET:
        return None
    context = members.alias_context(obligation.recipient_id)
    return dependencies.vault.decrypt(sealed.wrapped_key, sealed.alias, context=context).decode()


def _context(
    dependencies: Dependencies, obligation: Obligation, tell: Tell, sealed: EncryptedReader
) -> WordingContext:
    told = tell.correction_of
    return WordingContext(
        reader=obligation.recipient_role,
        alias=alias_of(dependencies, obligation, sealed),
        occurred_at=obligation.fact_occurred_at.astimezone(dependencies.zone),
        link=f"{dependencies.public_url}/s/{token_of(dependencies.vault, obligation.obligation_id)}",
        phone=dependencies.contact_phone,
        correction_of=None if told is None else told.astimezone(dependencies.zone),
    )


def token_of(vault: Vault, obligation_id: UUID) -> str:
    """Derived, so that a message that is sent again is the same to the letter."""
    secret = vault.blind_index("page", str(obligation_id))[:_TOKEN_BYTES]
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def digest_of(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()
