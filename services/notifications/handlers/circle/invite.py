"""Asks the owners of declared addresses whether they accept news, and takes their answers.

Nothing is told at an address before (decision 0065): whoever may declare one need not own it.
"""

import asyncio
import base64
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from services.notifications.channels.channel import (
    Message,
    RejectedPermanently,
    RejectedTemporarily,
    SendResult,
)
from services.notifications.domain.circle.invitations import (
    ASKED_AGAIN_AFTER_REFUSAL,
    LINK_LIVES,
    LOOKED_AT_AGAIN_AFTER,
    RETRIED_AFTER,
    Answer,
    asks_again_at,
)
from services.notifications.domain.obligations.derivation import facts_of
from services.notifications.domain.obligations.silenced import deaths_that_stand
from services.notifications.domain.obligations.timing import delayed_until
from services.notifications.domain.wording.invitation import invite
from services.notifications.handlers.delivery.claim_due import digest_of
from services.notifications.handlers.delivery.dispatch import call_provider
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage.circle import access, invitations, members
from services.notifications.storage.circle.invitations import Invitation, OpenInvitation
from services.notifications.storage.circle.members import EncryptedMember
from services.notifications.storage.obligations import facts, rows
from shared.database.pool import Connection
from shared.database.transaction import after_commit, transaction
from shared.security.audit.access import note
from shared.security.vault import Vault
from shared.spine.pause.gate import Gate

_TOKEN_BYTES: Final = 8
_BATCH: Final = 32
_LEASE: Final = timedelta(seconds=60)


async def ask_owners(
    dependencies: Dependencies,
    connection: Connection,
    person_id: UUID,
    member: EncryptedMember,
    *,
    now: datetime,
) -> None:
    """Plan an invitation for each address of the member that is not proven, at an hour of theirs."""
    await invitations.withdraw(connection, person_id)
    waiting = await invitations.unproven(connection, member.member_id)
    if not waiting:
        return
    at = _morning(dependencies, member, now=now) or now
    tokens = [
        (each["contact_id"], each["value_index"], digest_of(token_of(dependencies.vault, each["contact_id"])))
        for each in waiting
    ]
    await invitations.ask(
        connection,
        person_id,
        tokens,
        declared_by=member.declared_by,
        now=now,
        expires_at=at + LINK_LIVES,
        at=at,
    )


def _morning(
    dependencies: Dependencies, member: EncryptedMember | Invitation, *, now: datetime
) -> datetime | None:
    """When the owner may be asked, if it is night where they are."""
    zone = dependencies.circumstances().zone_of(member.zone)
    return delayed_until(now, zone=zone, urgency="U2", role="carer", night=member.night)


async def send_invitations(dependencies: Dependencies) -> None:
    """Send those that are due; the rows are committed first, so that a crash asks again rather than never."""
    if not await Gate(dependencies.pool, "sending").is_open():
        return
    now = dependencies.clock()
    due = await invitations.claim(dependencies.pool, now=now, lease_until=now + _LEASE, limit=_BATCH)
    await asyncio.gather(*(_send(dependencies, each) for each in due))


async def _send(dependencies: Dependencies, invitation: Invitation) -> None:
    channel = dependencies.channels.get(invitation.channel)
    if channel is None:
        return
    later = await _asked_later(dependencies, invitation, now=dependencies.clock())
    if later is not None:
        await invitations.record(dependencies.pool, invitation.contact_id, left=False, next_at=later)
        return
    result = await call_provider(
        channel,
        _worded(dependencies, invitation),
        timeout_seconds=dependencies.waits.call_seconds,
    )
    await _record(dependencies, invitation, result)


async def _asked_later(
    dependencies: Dependencies, invitation: Invitation, *, now: datetime
) -> datetime | None:
    """When to look again, if nobody may be asked now.

    What had to wait, for a provider or for others at the same address, may be due at any hour. And nobody is
    told that somebody would like them to get news who is dead.
    """
    known = await facts.of_persons(dependencies.pool, [invitation.person_id])
    deaths = deaths_that_stand(facts_of(known.get(invitation.person_id, [])))
    if any(death.occurred_at <= max(now, death.recorded_at) for death in deaths):
        return now + LOOKED_AT_AGAIN_AFTER
    return _morning(dependencies, invitation, now=now)


def _worded(dependencies: Dependencies, invitation: Invitation) -> Message:
    address = dependencies.vault.decrypt(
        invitation.wrapped_key,
        invitation.value,
        context=members.contact_context(invitation.member_id, invitation.channel),
    ).decode()
    link = f"{dependencies.public_url}/i/{token_of(dependencies.vault, invitation.contact_id)}"
    said = invite(invitation.channel, link=link, phone=dependencies.contact_phone)
    # The reminder is another one, and so is what is asked anew: a mailbox drops the second of one id.
    asked = f"invitation {invitation.asked_at.isoformat()} {invitation.sent}"
    message_id = uuid5(invitation.contact_id, asked)
    return Message(
        attempt_id=message_id,
        obligation_id=message_id,
        to=address,
        subject=said.subject,
        text=said.text,
        html=said.html,
        validity_seconds=int(LINK_LIVES.total_seconds()),
    )


async def _record(dependencies: Dependencies, invitation: Invitation, result: SendResult) -> None:
    now = dependencies.clock()
    next_at: datetime | None
    match result:
        case RejectedPermanently(contact_is_bad=True):
            await invitations.mark_bad(dependencies.pool, invitation.contact_id, now=now)
            await invitations.wake(dependencies.pool, [invitation.member_id], now=now)  # nobody will accept
            next_at = None
        case RejectedPermanently():
            next_at = now + ASKED_AGAIN_AFTER_REFUSAL
        case RejectedTemporarily():
            next_at = now + RETRIED_AFTER
        case _:
            next_at = asks_again_at(invitation.sent, now=now)
    left = not isinstance(result, RejectedTemporarily | RejectedPermanently)
    await invitations.record(dependencies.pool, invitation.contact_id, left=left, next_at=next_at)


async def find_invitation(dependencies: Dependencies, *, token: str) -> OpenInvitation | None:
    """The invitation of a link; looking at it answers nothing, since programs look at links, too."""
    found = await invitations.find(dependencies.pool, digest_of(token), now=dependencies.clock())
    if found is not None:
        note(found.person_id, why="capability", object_id=found.contact_id)
    return found


async def answer_invitation(dependencies: Dependencies, *, token: str, answer: Answer) -> bool:
    """Take the owner's answer, as often as they change their mind; false when the link opens nothing."""
    found = await find_invitation(dependencies, token=token)
    if found is None:
        return False
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        # As enrolment locks: the person, then what is open, then contacts.
        await access.person(connection, found.person_id, locked=True)
        await rows.lock_open(connection, [found.person_id])
        answering = await invitations.answer(connection, found, answer, now=now)
        await invitations.wake(connection, answering, now=now)
        after_commit(dependencies.wake_signals.wake)
    return True


def token_of(vault: Vault, contact_id: UUID) -> str:
    """The token of an invitation's link; derived, so that the reminder holds the same."""
    secret = vault.blind_index("invitation", str(contact_id))[:_TOKEN_BYTES]
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")
