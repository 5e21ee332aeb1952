"""Which obligations follow from what is known? A pure function of the set of events and the circle.

Every event that tells someone something gives one obligation per recipient and kind: the news itself,
the correction for those who were told an earlier version, the retraction for those who are no longer
concerned. Which of them are sent is decided later, from what each recipient was really told. More events
never take an obligation away, so the order of their arrival leaves no trace.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID, uuid5

import msgspec

from services.notifications.domain.audience import Recipient
from services.notifications.domain.facts import Fact, facts_of, is_deceased
from services.notifications.domain.kinds import corrected, retracted
from services.notifications.domain.reinstatement import retold_after
from services.notifications.domain.standing import Verdict, verdict_of
from services.notifications.domain.statements import NOTHING, Statement
from shared.events.envelope import RecordedEvent

_NAMESPACE = UUID("0d3f1f52-5d0a-4f0c-8f0e-6f2b6a1c9b3e")


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """Someone entitled must be told one thing; identified by `(event_id, recipient_id, kind)`."""

    event: RecordedEvent
    recipient: Recipient
    kind: str
    statement: Statement
    """What is told: the event's own statement, or the one that it makes worth telling again."""
    verdict: Verdict

    @property
    def key(self) -> tuple[UUID, UUID, str]:
        return (self.event.event_id, self.recipient.member_id, self.kind)

    @property
    def obligation_id(self) -> UUID:
        return uuid5(_NAMESPACE, "/".join(map(str, self.key)))


def expected_obligations(events: Iterable[RecordedEvent], circle: Sequence[Recipient]) -> list[Expected]:
    """Every obligation that these events ever gave to these recipients, with where it stands now."""
    facts = facts_of(events)
    deceased = is_deceased(facts)
    return [
        Expected(
            event=event,
            recipient=recipient,
            kind=kind,
            statement=statement,
            verdict=verdict_of(statement, kind, recipient, facts=facts, deceased=deceased),
        )
        for recipient in circle
        for event, statement, kind in _told(facts, recipient)
        if recipient.may_know(occurred_at=event.occurred_at, recorded_at=event.recorded_at)
    ]


def _told(facts: Mapping[str, Fact], recipient: Recipient) -> Iterator[tuple[RecordedEvent, Statement, str]]:
    for fact in facts.values():
        for position, statement in enumerate(fact):
            for kind in sorted(_kinds(statement, fact[:position], recipient)):
                yield statement.event, statement, kind
    for event, statement in retold_after(facts, recipient):
        if statement.news is not None:
            yield event, statement, statement.news.kind


def _kinds(statement: Statement, earlier: Fact, recipient: Recipient) -> set[str]:
    """The kinds by which one version of a fact may reach a recipient, given the versions before it."""
    told_before = [version for version in earlier if version.said_to(recipient) != NOTHING]
    if statement.news is not None and statement.said_to(recipient) != NOTHING:
        kinds = set() if statement.only_corrects else {str(statement.news.kind)}
        return kinds | ({corrected(statement.news.kind)} if told_before else set())
    if not (statement.replaces or statement.ends):
        return set()
    shown = {version.news.shown_kind for version in told_before if version.news is not None}
    if statement.ends and statement.news is not None and statement.news.audience.includes(recipient):
        shown.add(statement.news.shown_kind)  # a cancel that came alone says itself what it takes back
    return {retracted(kind) for kind in shown if not statement.ends or kind in statement.ends}
