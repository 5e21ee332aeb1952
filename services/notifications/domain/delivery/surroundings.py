"""Decides about an obligation that depends on more than its recipient and what they were told.

Other members at the same address, and where the person is by now: most obligations depend on neither, so that
only those that do are decided here.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.delivery.decision import Decision, Defer, Tell, decide
from services.notifications.domain.delivery.recipient import RecipientNow
from services.notifications.domain.delivery.same_address import already_there
from services.notifications.domain.delivery.whereabouts import (
    PersonNow,
    as_if_in_time,
    corrected_here,
    outdated,
    told_elsewhere,
    told_of_another,
)
from services.notifications.domain.obligations.catalogue import fact_of
from services.notifications.domain.obligations.obligation import Obligation
from services.notifications.domain.obligations.timing import Circumstances

Sharing = Mapping[ChannelName, Collection[UUID]]
"""Members who have the recipient's address on a channel, too."""


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside the recipients."""

    persons: Mapping[UUID, PersonNow]
    twins: Sequence[Obligation]
    """What others at the same addresses are told of the same events."""


def decide_in_surroundings(
    surroundings: Surroundings,
    obligation: Obligation,
    peers: Sequence[Obligation],
    recipient: RecipientNow,
    circumstances: Circumstances,
    *,
    sharing: Sharing,
) -> Decision:
    """As `decide`, and by what is known beside the recipient."""
    decision = _decide_by_whereabouts(
        surroundings.persons[obligation.person_id], obligation, peers, recipient, circumstances
    )
    if not isinstance(decision, Tell):
        return decision
    others = [each for each in surroundings.twins if each.recipient_id in sharing.get(decision.channel, ())]
    return already_there(obligation, decision.channel, others, circumstances=circumstances) or decision


def _decide_by_whereabouts(
    person: PersonNow,
    obligation: Obligation,
    peers: Sequence[Obligation],
    recipient: RecipientNow,
    circumstances: Circumstances,
) -> Decision:
    if fact_of(obligation.kind) == "person.merged":
        return _decide_after_separation(person, obligation, peers, recipient, circumstances)
    if not obligation.tells_of_discharge:
        decision = decide(as_if_in_time(obligation, person), peers, recipient, circumstances)
        return replace(decision, present=person.present) if isinstance(decision, Tell) else decision
    corrected = corrected_here(obligation, peers, person)
    others = [peer for peer in peers if peer not in corrected]
    decision = decide(obligation, others, recipient, circumstances)
    if not isinstance(decision, Tell):
        return decision
    end = outdated(obligation, person)
    if end is None and obligation.is_news and obligation.recipient_role == "carer":
        end = told_elsewhere(obligation, others, person)
    if end is not None:
        return end
    told_at = max((peer.told_at for peer in corrected if peer.told_at is not None), default=None)
    if told_at is None or any(peer.said == obligation.said for peer in corrected):
        return replace(decision, present=person.present)
    return replace(decision, present=person.present, says_change=True, corrects_sent_at=told_at)


def _decide_after_separation(
    person: PersonNow,
    obligation: Obligation,
    peers: Sequence[Obligation],
    recipient: RecipientNow,
    circumstances: Circumstances,
) -> Decision:
    """As if what was told of the other person last had been told of the two being one."""
    settled_at = obligation.not_before + circumstances.waits.settling
    if circumstances.now < settled_at:  # what is stated again of this person comes just after the separation
        return Defer(until=settled_at)
    mistaken = told_of_another(obligation, peers, person)
    told = [
        replace(peer, fact_key=obligation.fact_key, shown_kind=fact_of(obligation.kind))
        if peer is mistaken
        else peer
        for peer in peers
    ]
    decision = decide(obligation, told, recipient, circumstances)
    return replace(decision, present=person.present) if isinstance(decision, Tell) else decision
