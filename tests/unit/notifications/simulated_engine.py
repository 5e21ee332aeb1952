"""Plays the engine with nothing around it: the same decisions, over a dictionary.

`learn` is planning, `take` a turn of a lane, `answer` the provider's, `report` a delivery report. Every
change goes through `_become`, which knows what an obligation may never do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.delivery.decision import Defer, Tell, decide
from services.notifications.domain.delivery.recipient import RecipientNow
from services.notifications.domain.obligations.catalogue import Recipient, entry_of
from services.notifications.domain.obligations.derivation import DerivedObligation, derive_obligations
from services.notifications.domain.obligations.obligation import (
    TERMINAL,
    Attempt,
    AttemptStatus,
    End,
    Obligation,
    ReportState,
    Status,
    may_become,
    status_after_reports,
)
from services.notifications.domain.obligations.planning import Bar, plan_obligation, reevaluate
from services.notifications.domain.obligations.timing import Circumstances, UrgencyWaits, Waits, next_try
from shared.events.envelope import RecordedEvent

PARIS = ZoneInfo("Europe/Paris")
CHANNELS: dict[str, tuple[ChannelName, ...]] = {"carer": ("sms", "email"), "professional": ("email",)}


@dataclass
class Sent:
    """One message that left, with what was known of it when it did."""

    obligation: Obligation
    attempt: Attempt


@dataclass
class SimulatedEngine:
    """One person's obligations, and a clock."""

    circle: list[Recipient]
    now: datetime
    waits: Waits = field(default_factory=Waits)
    events: list[RecordedEvent] = field(default_factory=list)
    obligations: dict[UUID, Obligation] = field(default_factory=dict)
    next_action: dict[UUID, datetime] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    were_unknown: set[UUID] = field(default_factory=set)
    reports: dict[UUID, list[ReportState]] = field(default_factory=dict)

    @property
    def circumstances(self) -> Circumstances:
        return Circumstances(now=self.now, waits=self.waits, zone=PARIS)

    def expected(self) -> list[DerivedObligation]:
        return derive_obligations(self.events, self.circle)

    def learn(self, events: Sequence[RecordedEvent] = ()) -> None:
        """New facts, or a changed circle: the difference is planned."""
        self.events += events
        for each in self.expected():
            obligation = self.obligations.get(each.obligation_id)
            if obligation is None:
                usable = CHANNELS[each.recipient.role]
                obligation = plan_obligation(each, usable=usable, circumstances=self.circumstances)
                assert may_become("planned", obligation.status)
                self.obligations[obligation.obligation_id] = obligation
                if obligation.status not in TERMINAL:
                    self.next_action[obligation.obligation_id] = obligation.not_before
            elif obligation.status not in TERMINAL:
                match reevaluate(obligation, each):
                    case Bar() as bar:
                        self._keep(
                            replace(
                                obligation,
                                barred_by=bar.barred_by,
                                superseded_by=bar.superseded_by,
                                silent_from=bar.silent_from,
                            )
                        )
                    case End(outcome=outcome):
                        self._become(obligation, outcome)

    def revoke(self, recipient: Recipient) -> None:
        """A member leaves."""
        self.circle = [
            replace(each, revoked_at=self.now) if each.member_id == recipient.member_id else each
            for each in self.circle
        ]
        self.learn()

    def due(self) -> list[UUID]:
        """What a lane would find, the most overdue first."""
        ready = [known for known, at in self.next_action.items() if at <= self.now]
        return sorted(ready, key=lambda known: (self.next_action[known], *self.obligations[known].order))

    def take(self, obligation_id: UUID) -> Tell | Defer | End:
        """One decision, carried out."""
        obligation = self.obligations[obligation_id]
        mine = [each for each in self.obligations.values() if each.recipient_id == obligation.recipient_id]
        decision = decide(obligation, mine, self._recipient_now(obligation), self.circumstances)
        match decision:
            case Tell():
                self._tell(obligation, decision)
            case Defer(until=until, delayed_by_quiet_hours=held):
                status: Status = obligation.status
                if obligation.status != "in_progress":
                    status = "scheduled" if held else "due"
                obligation = replace(
                    obligation,
                    held=obligation.held or held,
                    not_before=until if held else obligation.not_before,
                )
                if held:
                    obligation = replace(
                        obligation,
                        deadline=max(obligation.deadline, until + self._urgency_waits(obligation).deadline),
                    )
                self._become(obligation, status, at=until)
            case End(outcome=outcome):
                self._become(obligation, outcome)
        return decision

    def answer(self, attempt: Attempt, obligation: Obligation, status: AttemptStatus) -> None:
        """The provider's answer, or the end of the lease (`unknown`)."""
        if attempt.status in ("claimed", "unknown"):
            self._hear(obligation, replace(attempt, status=status, answered_at=self.now))

    def report(self, attempt: Attempt, obligation: Obligation, state: ReportState) -> None:
        """A delivery report, whenever it comes."""
        known = self.reports.setdefault(attempt.attempt_id, [])
        known.append(state)
        status = status_after_reports(attempt.status, known)
        if status != attempt.status:
            self._hear(obligation, replace(attempt, status=status, answered_at=self.now))

    def attempts(self) -> list[tuple[Obligation, Attempt]]:
        return [
            (obligation, attempt)
            for obligation in self.obligations.values()
            for attempt in obligation.attempts
        ]

    def _tell(self, obligation: Obligation, tell: Tell) -> None:
        attempt = Attempt(
            attempt_id=tell.attempt_id,
            number=tell.number,
            step=tell.step,
            channel=tell.channel,
            status="claimed",
            claimed_at=self.now,
        )
        self.sent.append(Sent(obligation, attempt))
        lease = self.now + timedelta(seconds=self.waits.lease_seconds)
        self._become(replace(obligation, attempts=(*obligation.attempts, attempt)), "in_progress", at=lease)

    def _hear(self, obligation: Obligation, heard: Attempt) -> None:
        obligation = self.obligations[obligation.obligation_id]
        if heard.status == "unknown":
            self.were_unknown.add(heard.attempt_id)
        attempts = tuple(heard if each.number == heard.number else each for each in obligation.attempts)
        obligation = replace(obligation, attempts=attempts)
        self._keep(obligation)
        if obligation.status in TERMINAL:
            return
        if heard.status == "delivered" or (heard.status == "accepted" and heard.channel == "email"):
            self._become(obligation, "informed")
        elif heard.number == obligation.attempts[-1].number:
            following = next_try(obligation.attempts, self._urgency_waits(obligation), step_ends_at=None)
            self.next_action[obligation.obligation_id] = following.at if following else self.now

    def _become(self, obligation: Obligation, status: Status, *, at: datetime | None = None) -> None:
        before = self.obligations[obligation.obligation_id].status
        assert status == before or may_become(before, status), (before, status)
        assert before not in TERMINAL
        self._keep(replace(obligation, status=status))
        if status in TERMINAL:
            del self.next_action[obligation.obligation_id]
        elif at is not None:
            self.next_action[obligation.obligation_id] = at

    def _keep(self, obligation: Obligation) -> None:
        self.obligations[obligation.obligation_id] = obligation

    def _urgency_waits(self, obligation: Obligation) -> UrgencyWaits:
        return UrgencyWaits(waits=self.waits, urgency=entry_of(obligation.kind).urgency)

    def _recipient_now(self, obligation: Obligation) -> RecipientNow:
        recipient = next(each for each in self.circle if each.member_id == obligation.recipient_id)
        contacts = dict.fromkeys(CHANNELS[recipient.role], obligation.recipient_id)
        return RecipientNow(
            revoked=recipient.revoked_at is not None,
            discretion=recipient.discretion,
            night=recipient.night,
            contacts=contacts if recipient.revoked_at is None else {},
        )
