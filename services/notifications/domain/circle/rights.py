"""Decides what of a circle somebody may see and change: it is the person's, not whoever's states something.

A member is the declaration of one establishment, which sees and changes its own. To declare, it needs a stay
in force: one that holds, has begun, and in which the person is or was until lately. What is cancelled, or was
another person's, gives nothing, and never gave it. Who is otherwise related sees how many there are. Others'
members are seen and changed by whoever broke the glass, which declares nobody: they would outlive it.
"""

from collections.abc import Collection
from datetime import datetime

import msgspec

from services.notifications.domain.circle.stays_in_force import is_in_force
from shared.security.policy.decide import Decision
from shared.stays.stays import Stay


class CircleRights(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody who may know that there is a circle may do with it."""

    declares_as: str | None = None
    """The establishment whose declaration it would be; `None`: may declare nobody."""
    has_broken_glass: bool = False
    """May see and change whom others declared."""
    sees_statements_of: frozenset[str] | None = frozenset()
    """Establishments whose facts may be seen; `None`: everybody's."""


def rights(
    decision: Decision, stays: Collection[Stay], own: Collection[str], *, at: datetime
) -> CircleRights:
    """The rights of somebody whom the policy lets in; `own`: their establishments, the first one foremost."""
    if decision.reason == "platform":
        return CircleRights(sees_statements_of=None)
    glass = any(relation.basis == "break_the_glass" for relation in decision.relations)
    in_force = {stay.start.establishment for stay in stays if is_in_force(stay, at=at)}
    declares_as = next((each for each in own if each in in_force), None)
    shown = {
        stay.start.establishment for stay in stays if decision.shows(stay.stay_id, stay.start.establishment)
    }
    return CircleRights(
        declares_as=declares_as,
        has_broken_glass=glass,
        sees_statements_of=None if decision.shows_everything else frozenset({*own, *shown}),
    )
