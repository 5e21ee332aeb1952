"""Bugs of notifications: sent before the claim, wrongly or never repeated, sent after a revocation."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace

from services.notifications.channels.channel import RejectedTemporarily
from services.notifications.channels.sms import SmsChannel
from services.notifications.domain.delivery import decision
from services.notifications.domain.delivery.recipient import RecipientNow
from services.notifications.domain.obligations import derivation, timing
from services.notifications.handlers.delivery import claim_due, dispatch
from services.notifications.storage.circle import enrolment
from tests.continuity.mutations.patching import replaced

_PAUSE_SECONDS: Final = 1.0


def sent_before_row() -> None:
    """Call the gateway before the transaction that claims the attempt commits."""
    calls: dict[UUID, asyncio.Task[Any]] = {}

    def claimed_and_sent(
        dependencies: Any, decided: Any, obligation: Any, tell: Any, *more: Any, **at: Any
    ) -> Any:
        before = len(decided.messages)
        claimed = claim(dependencies, decided, obligation, tell, *more, **at)
        for outgoing in decided.messages[before:]:
            channel = dependencies.channels[tell.channel]
            calls[outgoing.message.attempt_id] = asyncio.create_task(channel.send(outgoing.message))
        return claimed

    async def answer(channel: Any, message: Any, **_timeout: Any) -> Any:
        return await calls.pop(message.attempt_id)

    @asynccontextmanager
    async def slow(pool: Any) -> AsyncIterator[Any]:
        async with transaction(pool) as connection:
            yield connection
            await asyncio.sleep(_PAUSE_SECONDS)

    claim = replaced(claim_due, "_claim", claimed_and_sent)
    transaction = replaced(claim_due, "transaction", slow)
    replaced(dispatch, "call_provider", answer)


def unknown_not_resent() -> None:
    """Give up attempts with an unknown outcome instead of repeating them."""

    def given_up(attempts: Any, urgency_waits: Any, *, step_ends_at: datetime | None) -> Any:
        following = next_try(attempts, urgency_waits, step_ends_at=step_ends_at)
        if following is not None and attempts[-1].status == "unknown":
            return replace(following, action="next_step")
        return following

    async def late(*args: Any, **timeout: Any) -> Any:
        await asyncio.sleep(_PAUSE_SECONDS)
        return await call(*args, **timeout)

    next_try = replaced(timing, "next_try", given_up)
    call = replaced(dispatch, "call_provider", late)


def answered_and_sent_again() -> None:
    """Repeat a message that the gateway has acknowledged."""

    def again(attempts: Any, urgency_waits: Any, *, step_ends_at: datetime | None) -> Any:
        last = attempts[-1]
        if last.status == "accepted" and last.number == 1:
            return timing.NextTry(action="again", at=last.answered_at or last.claimed_at)
        return next_try(attempts, urgency_waits, step_ends_at=step_ends_at)

    next_try = replaced(timing, "next_try", again)


def rights_checked_once() -> None:
    """Check entitlement only when an obligation is planned: a revocation is stored without any effect."""

    async def revoke(connection: Any, member_id: UUID, *, now: datetime) -> None:
        await connection.execute("UPDATE members SET revoked_at = $2 WHERE member_id = $1", member_id, now)

    def planned(version: Any, kind: str, recipient: Any, **more: Any) -> Any:
        return verdict_of(version, kind, replace(recipient, revoked_at=None), **more)

    def asked(obligation: Any, recipient: RecipientNow) -> Any:
        return barred(obligation, replace(recipient, revoked=False))

    replaced(enrolment, "revoke", revoke)
    verdict_of = replaced(derivation, "verdict_of", planned)
    barred = replaced(decision, "_barred", asked)


def revocation_forgotten() -> None:
    """Answer a revocation without storing it."""

    async def revoke(connection: Any, member_id: UUID, *, now: datetime) -> None:
        return

    replaced(enrolment, "revoke", revoke)


def nothing_leaves() -> None:
    """Report every attempt as refused without calling the gateway, as with a wrong address."""

    async def send(self: SmsChannel, message: Any) -> Any:
        return RejectedTemporarily("ConnectError")

    replaced(SmsChannel, "send", send)


def phone_in_log() -> None:
    """Write the phone number to the log."""

    async def send(self: SmsChannel, message: Any) -> Any:
        sys.stderr.write(f"sending to {message.to}\n")
        return await plain(self, message)

    plain = replaced(SmsChannel, "send", send)
