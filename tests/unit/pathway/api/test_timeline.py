"""The pages of a timeline are whole, also while it grows."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.pathway.domain.fold import fold
from services.pathway.domain.pathway import MovementState
from services.pathway.domain.rules import RULES
from services.pathway.domain.showing import timeline_page
from shared.events.envelope import Moment, RecordedEvent
from shared.stays.statements import TimelineKey
from shared.testing.histories import person_histories
from shared.testing.person_history import PersonHistory, minutes
from shared.web.paging import decode_continuation, encode_continuation


def _all_pages(movements: tuple[MovementState, ...], limit: int) -> list[MovementState]:
    shown: list[MovementState] = []
    before: TimelineKey | None = None
    while True:
        page = timeline_page(movements, before=before, limit=limit)
        shown += page.movements
        if page.next_before is None:
            return shown
        before = decode_continuation(encode_continuation(page.next_before), tuple[Moment, int, UUID])


@given(history=person_histories(), limit=st.integers(1, 5))
def test_the_pages_together_are_the_timeline_newest_first(history: list[RecordedEvent], limit: int) -> None:
    movements = fold(history, RULES).movements
    assert _all_pages(movements, limit) == list(reversed(movements))


def test_what_is_inserted_meanwhile_moves_no_page() -> None:
    rose = PersonHistory()
    rose.admit("stay", at=minutes(0))
    rose.transfer("stay", at=minutes(10))
    rose.transfer("stay", at=minutes(20))
    first = timeline_page(fold(rose.events, RULES).movements, before=None, limit=2)
    rose.discharge("stay", at=minutes(30))
    rose.transfer("stay", at=minutes(15), emitted=minutes(40))
    rest = timeline_page(fold(rose.events, RULES).movements, before=first.next_before, limit=2)
    assert [movement.kind for movement in rest.movements] == ["admission"]


def test_an_empty_timeline_has_one_empty_page() -> None:
    assert timeline_page((), before=None, limit=1).next_before is None
