"""Claims due obligations of one lane: decides, composes and writes in one transaction."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.notifications.channels.channel import Message
from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.delivery.decision import Defer, Tell, decide
from services.notifications.domain.delivery.surroundings import Surroundings, decide_in_surroundings
from services.notifications.domain.obligations.catalogue import corrected, entry_of, fact_of
from services.notifications.domain.obligations.obligation import (
    Attempt,
    End,
    Obligation,
    Status,
    wording_kind,
)
from services.notifications.domain.obligations.timing import Circumstances, UrgencyWaits
from services.notifications.domain.wording import mail, sms
from services.notifications.domain.wording.context import NoWordingError, WordingContext
from services.notifications.handlers.delivery.look_around import look_around
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations.end_obligations import end_and_publish
from services.notifications.storage.circle import members
from services.notifications.storage.circle.members import EncryptedRecipient
from services.notifications.storage.delivery import attempts
from services.notifications.storage.delivery.attempts import Deferral, DueObligations, NewAttempt
from services.notifications.storage.obligations.rows import FinalOutcome
from shared.database.transaction import transaction
from shared.events.envelope import TraceContext
from shared.security.vault import Vault


class OutgoingMessage(msgspec.Struct, frozen=True, kw_only=True):
    """The message of an attempt that is written and may be sent until its lease ends."""

    obligation_id: UUID
    message: Message
    trace: TraceContext
    lease_until: datetime


@dataclass
class DueDecisions:
    """What is to be written, and then sent, of the obligations that were due."""

    lease_until: datetime
    new_attempts: list[NewAttempt] = field(default_factory=list)
    messages: list[OutgoingMessage] = field(default_factory=list)
    deferrals: list[Deferral] = field(default_factory=list)
    outcomes: list[FinalOutcome] = field(default_factory=list)
    unreported: list[Attempt] = field(default_factory=list)
    """Accepted earlier, and no report came in time."""


async def claim_due(
    dependencies: Dependencies, channel_name: ChannelName, *, limit: int
) -> list[OutgoingMessage]:
    """Claim up to `limit` due obligations of a channel's lane; rights are read in this very transaction."""
    circumstances = dependencies.circumstances()
    now = circumstances.now
    async with transaction(dependencies.pool) as connection:
        due = await attempts.lock_due(connection, lane=channel_name, now=now, limit=limit)
        if not due.obligations:
            return []
        recipients = await members.lock_recipients(
            connection, {each.recipient_id for each in due.obligations}, sending_at=now
        )
        around = None
        if due.depend_on_whereabouts or any(each.sharing or each.several for each in recipients.values()):
            around = await look_around(connection, due, recipients, now=now)
        decisions = decide_due(dependencies, channel_name, due, recipients, circumstances, around=around)
        await attempts.mark_unreported(connection, decisions.unreported)
        await attempts.claim(
            connection,
            decisions.new_attempts,
            now=now,
            lease_until=decisions.lease_until,
            links_until=now + LINKS_LIVE,
        )
        await attempts.defer(connection, decisions.deferrals)
        await end_and_publish(connection, decisions.outcomes, now=now)
    return decisions.messages


def decide_due(
    dependencies: Dependencies,
    channel_name: ChannelName,
    due: DueObligations,
    recipients: Mapping[UUID, EncryptedRecipient],
    circumstances: Circumstances,
    *,
    around: Surroundings | None = None,
) -> DueDecisions:
    """Decide about each obligation in turn; a decision is seen by the ones after it."""
    decisions = DueDecisions(circumstances.now + timedelta(seconds=dependencies.waits.lease_seconds))
    obligations = {each.obligation_id: each for each in due.peers}
    for obligation in due.obligations:
        encrypted = recipients[obligation.recipient_id]
        peers = [peer for peer in obligations.values() if peer.recipient_id == obligation.recipient_id]
        if around is None:
            decision = decide(obligation, peers, encrypted.recipient, circumstances)
        else:
            twins = [obligations.get(each.obligation_id, each) for each in around.twins]
            decision = decide_in_surroundings(
                replace(around, twins=twins),
                obligation,
                peers,
                encrypted.recipient,
                circumstances,
                sharing=encrypted.sharing,
            )
        match decision:
            case Tell(channel=channel) as tell if channel == channel_name:
                changed = _claim(dependencies, decisions, obligation, tell, encrypted, now=circumstances.now)
                obligations[obligation.obligation_id] = changed
            case Tell(channel=channel):
                _defer(decisions, obligation, Defer(until=circumstances.now), circumstances, lane=channel)
            case Defer() as later:
                _defer(decisions, obligation, later, circumstances, lane=obligation.lane)
            case End() as end:
                obligations[obligation.obligation_id] = _end(decisions, obligation, end)
    return decisions


def _claim(
    dependencies: Dependencies,
    decisions: DueDecisions,
    obligation: Obligation,
    tell: Tell,
    encrypted: EncryptedRecipient,
    *,
    now: datetime,
) -> Obligation:
    try:
        message, template = compose(dependencies, obligation, tell, encrypted, now=now)
    except NoWordingError:
        return _end(decisions, obligation, End(outcome="expired", reason="no_wording"))
    _give_up_reports(decisions, obligation)
    decisions.new_attempts.append(
        NewAttempt(
            attempt_id=tell.attempt_id,
            obligation_id=obligation.obligation_id,
            number=tell.number,
            step=tell.step,
            channel=tell.channel,
            contact_id=tell.contact_id,
            template=template,
            token_sha256=digest_of(token_of(dependencies.vault, obligation.obligation_id)),
        )
    )
    decisions.messages.append(
        OutgoingMessage(
            obligation_id=obligation.obligation_id,
            message=message,
            trace=obligation.trace,
            lease_until=decisions.lease_until,
        )
    )
    attempt = Attempt(
        attempt_id=tell.attempt_id,
        number=tell.number,
        step=tell.step,
        channel=tell.channel,
        status="claimed",
        claimed_at=now,
    )
    return replace(obligation, status="in_progress", attempts=(*obligation.attempts, attempt))


def _defer(
    decisions: DueDecisions,
    obligation: Obligation,
    later: Defer,
    circumstances: Circumstances,
    *,
    lane: ChannelName,
) -> None:
    urgency_waits = UrgencyWaits(waits=circumstances.waits, urgency=entry_of(obligation.kind).urgency)
    waiting: Status = "scheduled" if later.delayed_by_quiet_hours else "due"
    decisions.deferrals.append(
        Deferral(
            obligation_id=obligation.obligation_id,
            status=obligation.status if obligation.status == "in_progress" else waiting,
            lane=lane,
            at=later.until,
            delayed_by_quiet_hours=later.delayed_by_quiet_hours,
            deadline=later.until + urgency_waits.deadline,
        )
    )


def _end(decisions: DueDecisions, obligation: Obligation, end: End) -> Obligation:
    _give_up_reports(decisions, obligation)
    decisions.outcomes.append(
        FinalOutcome(
            obligation=obligation, outcome=end.outcome, reason=end.reason, superseded_by=end.superseded_by
        )
    )
    return replace(obligation, status=end.outcome)


def _give_up_reports(decisions: DueDecisions, obligation: Obligation) -> None:
    decisions.unreported += [each for each in obligation.attempts if each.status == "accepted"]


LINKS_LIVE: Final = timedelta(days=7)

_TOKEN_BYTES: Final = 8  # 11 characters in the SMS; guessing one of a million live ones takes 2e13 tries
_DISCREET: Final = 1
_MIN_VALIDITY_SECONDS: Final = 60


def compose(
    dependencies: Dependencies,
    obligation: Obligation,
    tell: Tell,
    encrypted: EncryptedRecipient,
    *,
    now: datetime,
) -> tuple[Message, str]:
    """Compose the message, and name the template it came from; raises `NoWordingError`."""
    if encrypted.wrapped_key is None:
        raise ValueError("a member without a key cannot have contacts")
    address = dependencies.vault.decrypt(
        encrypted.wrapped_key,
        encrypted.addresses[tell.channel],
        context=members.contact_context(obligation.recipient_id, tell.channel),
    )
    render = sms.render if tell.channel == "sms" else mail.render
    kind = wording_kind(obligation)
    rendered = render(
        corrected(fact_of(kind)) if tell.says_change else kind,
        _context(dependencies, obligation, tell, encrypted, now=now),
    )
    message = Message(
        attempt_id=tell.attempt_id,
        obligation_id=obligation.obligation_id,
        to=address.decode(),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        validity_seconds=max(_MIN_VALIDITY_SECONDS, int((obligation.deadline - now).total_seconds())),
    )
    return message, rendered.template


def alias_of(dependencies: Dependencies, obligation: Obligation, encrypted: EncryptedRecipient) -> str | None:
    """What this recipient calls the person; `None` where the text must not name them."""
    if (
        encrypted.alias is None
        or encrypted.wrapped_key is None
        or encrypted.recipient.discretion <= _DISCREET
    ):
        return None
    context = members.alias_context(obligation.recipient_id)
    return dependencies.vault.decrypt(encrypted.wrapped_key, encrypted.alias, context=context).decode()


def _context(
    dependencies: Dependencies,
    obligation: Obligation,
    tell: Tell,
    encrypted: EncryptedRecipient,
    *,
    now: datetime,
) -> WordingContext:
    zone = dependencies.circumstances().zone_of(encrypted.recipient.zone, obligation.zone)
    corrected_at = tell.corrects_sent_at
    return WordingContext(
        recipient=obligation.recipient_role,
        alias=alias_of(dependencies, obligation, encrypted),
        occurred_at=obligation.fact_occurred_at.astimezone(zone),
        link=f"{dependencies.public_url}/s/{token_of(dependencies.vault, obligation.obligation_id)}",
        phone=dependencies.contact_phone,
        corrects_sent_at=None if corrected_at is None else corrected_at.astimezone(zone),
        sent_at=now.astimezone(zone),
        late=obligation.is_late,
        present=tell.present,
    )


def token_of(vault: Vault, obligation_id: UUID) -> str:
    """The token of an obligation's link; derived, so that a message that is sent again is the same."""
    secret = vault.blind_index("page", str(obligation_id))[:_TOKEN_BYTES]
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def digest_of(token: str) -> bytes:
    """The digest that is stored in place of a token."""
    return hashlib.sha256(token.encode()).digest()
