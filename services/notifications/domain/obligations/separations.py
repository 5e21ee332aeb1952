"""Turns the statements that two persons are one into versions of one fact, which only its end tells of.

Who came with one of them was told of the other, too; when they are separated, that was about somebody else.
"""

from datetime import UTC, datetime
from typing import Final

from services.notifications.domain.obligations.catalogue import Audience
from services.notifications.domain.obligations.statements import FactVersion, News
from shared.events.admission import PersonsMerged, PersonsUnmerged
from shared.events.envelope import RecordedEvent

_ONE_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The same for every version of what one service states: their order is that of publication."""
_NOBODY: Final = ""
"""No establishment states it: admission does."""


def version_of_merge(event: RecordedEvent, merge: PersonsMerged | PersonsUnmerged) -> FactVersion:
    """A version of the merge, in the order in which admission stated it; that persons are one is no news."""
    key = f"merge:{merge.merge_id}"
    is_merged = isinstance(merge, PersonsMerged)
    news = News(
        kind="person.merged",
        shown_kind="person.merged",
        audience=Audience(carers=True, professionals=True),
        occurred_at=event.occurred_at,
        said="person.merged",
    )
    return FactVersion(
        event=event,
        fact_key=key,
        aspect=key,
        version=(_ONE_MOMENT, False, event.sequence),
        stated_by=_NOBODY,
        news=news if is_merged else None,
        ends=() if is_merged else ("person.merged",),
    )
