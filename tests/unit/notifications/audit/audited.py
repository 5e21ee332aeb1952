"""Circles and histories for tests of the audit: the planner's, and stranger ones."""

from collections.abc import Sequence
from typing import get_args

from hypothesis import strategies as st
from msgspec.structs import replace

from services.notifications.domain.audit.member import AuditedMember
from services.notifications.domain.obligations.catalogue import Recipient
from shared.events.admission import ClassOfStay, Mode, Place
from shared.events.envelope import RecordedEvent
from shared.testing.choices import CHOICES, Choices
from shared.testing.histories import person_histories
from shared.testing.person_history import ESTABLISHMENTS, movement_of

_MODES: tuple[Mode, ...] = get_args(Mode)
_CLASSES: tuple[ClassOfStay, ...] = get_args(ClassOfStay)


def audited(circle: Sequence[Recipient]) -> list[AuditedMember]:
    """The circle as the audit reads it."""
    return [
        AuditedMember(
            member_id=member.member_id,
            role=member.role,
            establishment=member.establishment,
            basis="team",
            consented=False,
            joined_at=member.joined_at,
            revoked_at=member.revoked_at,
        )
        for member in circle
    ]


@st.composite
def strange_histories(draw: st.DrawFn) -> list[RecordedEvent]:
    """Every movement may come from anywhere, go anywhere, be of any class, also where it makes no sense."""
    choose = draw(CHOICES)
    return [
        replace(
            event,
            data=replace(
                movement_of(event),
                origin=_some_place(choose),
                destination=_some_place(choose),
                class_of_stay=choose.of(_CLASSES) if choose.below(2) else None,
            ),
        )
        for event in draw(person_histories(max_stays=2))
    ]


def _some_place(choose: Choices) -> Place | None:
    place = Place(mode=choose.of(_MODES), establishment=choose.of((None, *ESTABLISHMENTS)))
    return place if choose.below(2) else None
