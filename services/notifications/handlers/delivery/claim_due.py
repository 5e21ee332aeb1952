"""Claims due obligations of one lane: decides and writes, in one transaction, before anything is sent."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.notifications.channels.channel import Message
from services.notifications.domain.circle.members import Medium
from services.notifications.domain.delivery.decision import Defer, Settle, Tell, decide
from services.notifications.domain.obligations.catalogue import entry_of
from services.notifications.domain.obligations.obligation import Attempt, Obligation, Status
from services.notifications.domain.obligations.timing import Patience
from services.notifications.domain.wording.rendering import NoWordingError
from services.notifications.handlers.delivery.compose import LIVES, compose, digest_of, token_of
from services.notifications.handlers.dependencies import Dependencies
from services.notifications.handlers.obligations import settle
from services.notifications.storage.circle import recipients
from services.notifications.storage.circle.recipients import SealedReader
from services.notifications.storage.delivery import links, sending
from services.notifications.storage.delivery.sending import Claim, Deferral
from services.notifications.storage.obligations.rows import Settlement, decode_trace
from shared.database.transaction import transaction
from shared.events.envelope import TraceContext


class OutgoingMessage(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt that is written and may leave."""

    obligation_id: UUID
    message: Message
    trace: TraceContext
    lease_until: datetime


class Turn:
    """Decides over due obligations of one lane; what it collects is written in the same transaction."""

    def __init__(
        self,
        dependencies: Dependencies,
        medium: Medium,
        peers: Iterable[Obligation],
        readers: Mapping[UUID, SealedReader],
    ) -> None:
        """`peers` are all obligations of the recipients concerned."""
        self._means = dependencies
        self._medium = medium
        self._circumstances = dependencies.circumstances()
        self._peers = {obligation.obligation_id: obligation for obligation in peers}
        self._readers = readers
        self.now = self._circumstances.now
        self.lease_until = self.now + timedelta(seconds=dependencies.waits.lease_seconds)
        self.claims: list[Claim] = []
        self.departures: list[OutgoingMessage] = []
        self.deferrals: list[Deferral] = []
        self.settlements: list[Settlement] = []
        self.given_up: list[Attempt] = []

    def take(self, obligation: Obligation) -> None:
        """Decide what happens to one obligation that is due."""
        sealed = self._readers[obligation.recipient_id]
        peers = [peer for peer in self._peers.values() if peer.recipient_id == obligation.recipient_id]
        match decide(obligation, peers, sealed.reader, self._circumstances):
            case Tell(channel=channel) as tell if channel == self._medium:
                self._tell(obligation, tell, sealed)
            case Tell(channel=channel):
                self._defer(obligation, at=self.now, lane=channel)
            case Defer(until=until, held=held):
                self._defer(obligation, at=until, lane=obligation.lane, held=held)
            case Settle() as end:
                self._settle(obligation, end)

    def _tell(self, obligation: Obligation, tell: Tell, sealed: SealedReader) -> None:
        try:
            message, rendered = compose(self._means, obligation, tell, sealed, now=self.now)
        except NoWordingError:
            self._settle(obligation, Settle(outcome="expired", reason="no_wording"))
            return
        self._give_up_waiting(obligation)
        self.claims.append(
            Claim(
                attempt_id=tell.attempt_id,
                obligation_id=obligation.obligation_id,
                number=tell.number,
                step=tell.step,
                channel=tell.channel,
                contact_id=tell.contact_id,
                template=rendered.template,
            )
        )
        self.departures.append(
            OutgoingMessage(
                obligation_id=obligation.obligation_id,
                message=message,
                trace=decode_trace(obligation.trace),
                lease_until=self.lease_until,
            )
        )
        attempt = Attempt(
            attempt_id=tell.attempt_id,
            number=tell.number,
            step=tell.step,
            channel=tell.channel,
            status="claimed",
            claimed_at=self.now,
        )
        self._remember(replace(obligation, status="in_progress", attempts=(*obligation.attempts, attempt)))

    def _defer(self, obligation: Obligation, *, at: datetime, lane: Medium, held: bool = False) -> None:
        patience = Patience(waits=self._means.waits, urgency=entry_of(obligation.kind).urgency)
        status: Status = obligation.status
        if status != "in_progress":
            status = "scheduled" if held else "due"
        self.deferrals.append(
            Deferral(
                obligation_id=obligation.obligation_id,
                status=status,
                lane=lane,
                at=at,
                held=held,
                deadline=at + patience.deadline,
            )
        )

    def _settle(self, obligation: Obligation, end: Settle) -> None:
        self._give_up_waiting(obligation)
        self.settlements.append(
            Settlement(
                obligation=obligation, outcome=end.outcome, reason=end.reason, superseded_by=end.superseded_by
            )
        )
        self._remember(replace(obligation, status=end.outcome))

    def _give_up_waiting(self, obligation: Obligation) -> None:
        self.given_up += [attempt for attempt in obligation.attempts if attempt.status == "accepted"]

    def _remember(self, obligation: Obligation) -> None:
        self._peers[obligation.obligation_id] = obligation


async def claim_due(dependencies: Dependencies, medium: Medium, *, limit: int) -> list[OutgoingMessage]:
    """Take up to `limit` due obligations of a channel's lane; rights are read in this very transaction."""
    now = dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        due = await sending.lock_due(connection, lane=medium, now=now, limit=limit)
        if not due.obligations:
            return []
        sealed = await recipients.lock_readers(
            connection, {obligation.recipient_id for obligation in due.obligations}
        )
        turn = Turn(dependencies, medium, due.peers, sealed)
        for obligation in due.obligations:
            turn.take(obligation)
        await sending.give_up_waiting(connection, turn.given_up)
        await sending.claim(connection, turn.claims, now=turn.now, lease_until=turn.lease_until)
        await sending.defer(connection, turn.deferrals)
        tokens = [
            (digest_of(token_of(dependencies.vault, claim.obligation_id)), claim.obligation_id)
            for claim in turn.claims
        ]
        await links.add(connection, tokens, expires_at=turn.now + LIVES)
        await settle.settle(connection, turn.settlements, now=turn.now)
    return turn.departures
