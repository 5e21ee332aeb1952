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
from services.notifications.domain.reinstatement import retold_after
from services.notifications.domain.standing import Verdict, verdict_of
from services.notifications.domain.statements import Statement
from services.notifications.domain.versions import kinds_of
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
            for kind in sorted(kinds_of(statement, fact[:position], recipient)):
                yield statement.event, statement, kind
    yield from retold_after(facts, recipient)
