"""What will one turn of a lane write and send? Decision after decision, each seeing the ones before."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.notifications.channels.channel import Message
from services.notifications.domain.attempt import Attempt
from services.notifications.domain.catalogue import entry_of
from services.notifications.domain.circle import Medium
from services.notifications.domain.decision import Defer, Settle, Tell, decide
from services.notifications.domain.obligation import Status
from services.notifications.domain.obligations import Obligation
from services.notifications.domain.steps import Patience
from services.notifications.domain.wording import NoWordingError
from services.notifications.handlers.compose import compose
from services.notifications.handlers.means import Means
from services.notifications.storage.readers import SealedReader
from services.notifications.storage.sending import Claim, Deferral
from services.notifications.storage.settling import Settlement
from services.notifications.storage.traces import awake
from shared.events.envelope import TraceContext


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt that is written and may leave."""

    obligation_id: UUID
    message: Message
    trace: TraceContext
    lease_until: datetime


class Turn:
    """Decides over due obligations of one lane; what it collects is written in the same transaction."""

    def __init__(
        self, means: Means, medium: Medium, peers: Iterable[Obligation], readers: Mapping[UUID, SealedReader]
    ) -> None:
        """`peers` are all obligations of the recipients concerned."""
        self._means = means
        self._medium = medium
        self._circumstances = means.circumstances()
        self._peers = {own.obligation_id: own for own in peers}
        self._readers = readers
        self.now = self._circumstances.now
        self.lease_until = self.now + timedelta(seconds=means.waits.lease_seconds)
        self.claims: list[Claim] = []
        self.departures: list[Departure] = []
        self.deferrals: list[Deferral] = []
        self.settlements: list[Settlement] = []
        self.given_up: list[Attempt] = []

    def take(self, own: Obligation) -> None:
        """Decide what happens to one obligation that is due."""
        sealed = self._readers[own.recipient_id]
        peers = [peer for peer in self._peers.values() if peer.recipient_id == own.recipient_id]
        match decide(own, peers, sealed.reader, self._circumstances):
            case Tell(channel=channel) as tell if channel == self._medium:
                self._tell(own, tell, sealed)
            case Tell(channel=channel):
                self._defer(own, at=self.now, lane=channel)
            case Defer(until=until, held=held):
                self._defer(own, at=until, lane=own.lane, held=held)
            case Settle() as end:
                self._settle(own, end)

    def _tell(self, own: Obligation, tell: Tell, sealed: SealedReader) -> None:
        try:
            message, rendered = compose(self._means, own, tell, sealed, now=self.now)
        except NoWordingError:
            self._settle(own, Settle(outcome="expired", reason="no_wording"))
            return
        self._give_up_waiting(own)
        self.claims.append(
            Claim(
                attempt_id=tell.attempt_id,
                obligation_id=own.obligation_id,
                number=tell.number,
                step=tell.step,
                channel=tell.channel,
                contact_id=tell.contact_id,
                template=rendered.template,
            )
        )
        self.departures.append(
            Departure(
                obligation_id=own.obligation_id,
                message=message,
                trace=awake(own.trace),
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
        self._remember(replace(own, status="in_progress", attempts=(*own.attempts, attempt)))

    def _defer(self, own: Obligation, *, at: datetime, lane: Medium, held: bool = False) -> None:
        patience = Patience(waits=self._means.waits, urgency=entry_of(own.kind).urgency)
        status: Status = own.status
        if status != "in_progress":
            status = "scheduled" if held else "due"
        self.deferrals.append(
            Deferral(
                obligation_id=own.obligation_id,
                status=status,
                lane=lane,
                at=at,
                held=held,
                deadline=at + patience.deadline,
            )
        )

    def _settle(self, own: Obligation, end: Settle) -> None:
        self._give_up_waiting(own)
        self.settlements.append(
            Settlement(
                obligation=own, outcome=end.outcome, reason=end.reason, superseded_by=end.superseded_by
            )
        )
        self._remember(replace(own, status=end.outcome))

    def _give_up_waiting(self, own: Obligation) -> None:
        self.given_up += [attempt for attempt in own.attempts if attempt.status == "accepted"]

    def _remember(self, own: Obligation) -> None:
        self._peers[own.obligation_id] = own
