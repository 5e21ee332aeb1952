"""Turns what pathway says of a return that is watched into versions of one fact, with their news."""

from datetime import UTC, datetime
from typing import Final

from services.notifications.domain.obligations.catalogue import Audience, FactKind
from services.notifications.domain.obligations.statements import FactVersion, News
from shared.events.envelope import RecordedEvent
from shared.events.pathway import FurtherExpectationStated

_ONE_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The same for every version of what one service states: their order is that of publication."""
_IS_OVER: Final = ("met", "met_late", "ended")
_STANDS: Final = ("open", "withdrawn")


def version_of_return(event: RecordedEvent, watched: FurtherExpectationStated) -> FactVersion | None:
    """A version of the wait; `None` of a kind or a state of which nobody here is told.

    The establishment hears that somebody did not come back and, after that, that nobody waits any more.
    Carers are told nothing: who did not come back is looked for by whoever answers for them.
    """
    if watched.kind != "return" or watched.state not in ("overdue", *_IS_OVER, *_STANDS):
        return None
    key = f"return:{watched.expectation_id}"
    return FactVersion(
        event=event,
        fact_key=key,
        aspect=key,
        version=(_ONE_MOMENT, False, event.sequence),
        stated_by=watched.establishment,
        news=None if watched.state in _STANDS else _news(watched),
        ends=("return.overdue", "return.ended") if watched.state in _STANDS else (),
        replaces=False,
        only_corrects=watched.state in _IS_OVER,
        reassigned=watched.reassigned,
    )


def _news(watched: FurtherExpectationStated) -> News:
    shown: FactKind = "return.overdue" if watched.state == "overdue" else "return.ended"
    return News(
        kind="return.overdue",
        shown_kind=shown,
        audience=Audience(establishments=(watched.establishment,)),
        occurred_at=watched.ended_at or watched.since,
        said=shown,
    )
