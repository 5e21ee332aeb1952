"""Every obligation keeps the invariants of the state machine, whatever happens in whatever order."""

from collections import Counter
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.notifications.domain.delivery.decision import Tell, last_told_obligation
from services.notifications.domain.obligations.derivation import facts_of
from services.notifications.domain.obligations.obligation import (
    TERMINAL,
    AttemptStatus,
    Obligation,
    ReportState,
)
from services.notifications.domain.obligations.silenced import deaths_that_stand, is_silenced
from services.notifications.domain.obligations.verdict import Send
from shared.events.admission import Place
from shared.testing.person_history import HOSPITAL, NURSING_HOME, START, PersonHistory
from tests.unit.notifications.circles import carer, professional
from tests.unit.notifications.simulated_engine import SimulatedEngine

ANSWERS: tuple[AttemptStatus, ...] = (
    "accepted",
    "accepted",
    "rejected_temporarily",
    "rejected_permanently",
    "unknown",
)
STATES: tuple[ReportState, ...] = ("sent", "buffered", "undelivered", "rejected", "delivered", "delivered")
LONGEST_LIFE = timedelta(hours=48)


class ObligationMachine(RuleBasedStateMachine):
    """A person's facts, a carer who sleeps at night, a carer who does not, and two professionals."""

    @initialize(hour=st.integers(0, 23))
    def open_engine(self, hour: int) -> None:
        now = START + timedelta(hours=hour)
        circle = [
            carer(night=True),
            carer("Paul", night=False),
            professional(HOSPITAL),
            professional(NURSING_HOME),
        ]
        self.engine = SimulatedEngine(circle=circle, now=now)
        self.history = PersonHistory()
        self.outcomes: dict[object, str] = {}

    @rule(
        kind=st.sampled_from(("admit", "admit", "arrive", "discharge", "leave", "death")),
        ago=st.sampled_from((0, 1, 30, 600)),
    )
    def state_a_fact(self, kind: str, ago: int) -> None:
        at = self.engine.now - timedelta(minutes=ago)
        history, stay = self.history, f"stay {len(self.history.events)}"
        match kind:
            case "admit":
                history.admit(stay, at=at)
            case "arrive":
                history.admit(stay, at=at, origin=Place(mode="transfer"), establishment=NURSING_HOME)
            case "leave":
                history.transfer(stay, at=at, to=NURSING_HOME)
            case _:
                history.discharge(stay, at=at, mode="death" if kind == "death" else "home")
        self._learn()

    @precondition(lambda self: self.history.events)
    @rule(data=st.data(), what=st.sampled_from(("time", "unit", "destination", "cancel")))
    def correct_a_fact(self, data: st.DataObject, what: str) -> None:
        event = data.draw(st.sampled_from(self.history.events))
        match what:
            case "time":
                earlier = event.occurred_at - timedelta(minutes=7)
                self.history.update(event, emitted=self.engine.now, occurred_at=earlier)
            case "unit":
                self.history.update(event, emitted=self.engine.now, unit="2101")
            case "destination":
                self.history.update(event, emitted=self.engine.now, destination=Place(mode="home"))
            case _:
                self.history.cancel(event, emitted=self.engine.now)
        self._learn()

    @rule()
    def hear_it_all_again(self) -> None:
        self.engine.learn(self.history.events)

    @rule(minutes=st.sampled_from((0, 1, 3, 6, 11, 30, 700)))
    def let_time_pass(self, minutes: int) -> None:
        self.engine.now += timedelta(minutes=minutes)

    @rule(data=st.data())
    def work_a_lane(self, data: st.DataObject) -> None:
        due = self.engine.due()
        for obligation_id in due[: data.draw(st.integers(1, 5))]:
            self._take(obligation_id)

    @precondition(lambda self: any(attempt.status == "claimed" for _, attempt in self.engine.attempts()))
    @rule(data=st.data(), answer=st.sampled_from(ANSWERS))
    def the_provider_answers(self, data: st.DataObject, answer: AttemptStatus) -> None:
        claimed = [each for each in self.engine.attempts() if each[1].status == "claimed"]
        obligation, attempt = data.draw(st.sampled_from(claimed))
        self.engine.answer(attempt, obligation, answer)

    @precondition(lambda self: self.engine.attempts())
    @rule(data=st.data(), state=st.sampled_from(STATES))
    def a_report_comes(self, data: st.DataObject, state: ReportState) -> None:
        obligation, attempt = data.draw(st.sampled_from(self.engine.attempts()))
        if attempt.channel == "sms" and not attempt.status.startswith("rejected"):
            self.engine.report(attempt, obligation, state)

    @rule(data=st.data())
    def a_member_is_revoked(self, data: st.DataObject) -> None:
        if data.draw(st.integers(0, 5)) == 0:
            active = [each for each in self.engine.circle if each.revoked_at is None]
            if active:
                self.engine.revoke(data.draw(st.sampled_from(active)))

    @invariant()
    def an_outcome_is_final_and_what_is_open_has_a_next_action(self) -> None:
        """I2, I3."""
        for obligation in self.engine.obligations.values():
            known = self.outcomes.get(obligation.obligation_id)
            assert known is None or known == obligation.status
            if obligation.status in TERMINAL:
                self.outcomes[obligation.obligation_id] = obligation.status
            assert (obligation.obligation_id in self.engine.next_action) == (
                obligation.status not in TERMINAL
            )

    @invariant()
    def a_step_reaches_a_reader_once_or_twice_when_unknown(self) -> None:
        """I4."""
        reached: Counter[tuple[object, int]] = Counter()
        unknown: set[tuple[object, int]] = set()
        for obligation, attempt in self.engine.attempts():
            step = (obligation.obligation_id, attempt.step)
            reached[step] += attempt.may_have_reached
            if attempt.attempt_id in self.engine.were_unknown:
                unknown.add(step)
        assert all(count <= (2 if step in unknown else 1) for step, count in reached.items())

    def teardown(self) -> None:
        """I2: left alone, with providers that work, everything ends within the life of its news."""
        if not hasattr(self, "engine"):
            return
        end = self.engine.now + LONGEST_LIFE
        while self.engine.next_action:
            self.engine.now = max(self.engine.now, min(self.engine.next_action.values()))
            assert self.engine.now <= end
            self._deliver_what_left()
            for obligation_id in self.engine.due():
                self._take(obligation_id)
        self._nobody_is_left_with_an_error()

    def _deliver_what_left(self) -> None:
        for obligation, attempt in self.engine.attempts():
            if attempt.status == "claimed" and attempt.channel == "email":
                self.engine.answer(attempt, obligation, "accepted")
            elif attempt.status in ("claimed", "accepted", "unknown"):
                self.engine.report(attempt, obligation, "delivered")

    def _nobody_is_left_with_an_error(self) -> None:
        """I5: what was told and is no longer so was corrected, or a person was asked to."""
        facts = facts_of(self.engine.events)
        if deaths_that_stand(facts):
            return
        died = any(version.death for fact in facts.values() for version in fact)
        for recipient in (each for each in self.engine.circle if each.revoked_at is None):
            mine = [
                obligation
                for obligation in self.engine.obligations.values()
                if obligation.recipient_id == recipient.member_id
            ]
            for key, fact in facts.items():
                about = [obligation for obligation in mine if obligation.fact_key == key]
                told = [obligation for obligation in about if obligation.told_at is not None]
                if not told or any(obligation.status == "expired" for obligation in about):
                    continue
                if died and self._shares_a_kind_of_correction(about, mine):
                    continue  # a death that was no death owes one correction of each kind, not two
                last = max(told, key=lambda obligation: str(obligation.told_at))
                assert last.said == fact[-1].said_to(recipient)

    @staticmethod
    def _shares_a_kind_of_correction(about: list[Obligation], mine: list[Obligation]) -> bool:
        kinds = {obligation.kind for obligation in about if not obligation.is_news}
        return any(
            obligation.kind in kinds and obligation.fact_key != about[0].fact_key for obligation in mine
        )

    def _learn(self) -> None:
        self.engine.now = max(self.engine.now, self.history.events[-1].recorded_at)
        self.engine.learn(self.history.events[-1:])

    def _take(self, obligation_id: object) -> None:
        obligation = next(
            each for each in self.engine.obligations.values() if each.obligation_id == obligation_id
        )
        told_before = {
            known: peer.told_at for known, peer in self.engine.obligations.items() if known != obligation_id
        }
        decision = self.engine.take(obligation.obligation_id)
        if not isinstance(decision, Tell):
            return
        # I4: a report may have said that the try before was taken, of which nobody knew until then.
        assert not any(
            each.status == "accepted" for each in obligation.attempts if each.step == decision.step
        )
        mine = [
            peer for peer in self.engine.obligations.values() if peer.recipient_id == obligation.recipient_id
        ]
        assert not any(peer.in_flight for peer in mine if peer.obligation_id != obligation.obligation_id)
        told = last_told_obligation(obligation, mine)
        assert told is None or told.said != obligation.said
        # I7: rights and death at the moment of sending; I6: never an old version of a fact.
        expected = {each.obligation_id: each for each in self.engine.expected()}
        assert isinstance(expected[obligation.obligation_id].verdict, Send)
        event = expected[obligation.obligation_id].event
        assert not is_silenced(event, deaths_that_stand(facts_of(self.engine.events)))
        for known, peer in self.engine.obligations.items():
            if peer.recipient_id != obligation.recipient_id or told_before.get(known) is None:
                continue
            # I6 across facts: no news of where a person was, after news of where they are.
            taken_back = not isinstance(expected[known].verdict, Send)
            if (
                obligation.is_news
                and peer.is_news
                and peer.aspect == obligation.aspect
                and peer.fact_key != obligation.fact_key
            ):
                assert peer.order < obligation.order or taken_back


ObligationMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


TestObligationMachine = ObligationMachine.TestCase
