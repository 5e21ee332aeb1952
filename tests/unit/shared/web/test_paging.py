"""A list is read to its end, page by page, each item once."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.envelope import Moment
from shared.web.paging import decode_continuation, encode_continuation, split_page
from shared.web.problems import Problem

KEY = (datetime(2026, 11, 28, 9, 30, 0, 123456, tzinfo=UTC), UUID(int=7))


@given(items=st.lists(st.integers(1, 10_000), unique=True).map(sorted), limit=st.integers(1, 5))
def test_every_item_is_on_one_page(items: list[int], limit: int) -> None:
    seen: list[int] = []
    after = 0
    while True:
        behind = [item for item in items if item > after][: limit + 1]
        page, continuation = split_page(behind, limit, int)
        seen += page
        if continuation is None:
            break
        after = decode_continuation(continuation, int)
    assert seen == items


def test_a_token_gives_its_key_back() -> None:
    assert decode_continuation(encode_continuation(KEY), tuple[Moment, UUID]) == KEY


@pytest.mark.parametrize(
    "token", ["", "x", "é", encode_continuation("a"), encode_continuation(("2026-11-28T09:30:00", KEY[1]))]
)
def test_what_is_no_token_of_the_list_is_refused(token: str) -> None:
    with pytest.raises(Problem) as refused:
        decode_continuation(token, tuple[Moment, UUID])
    assert refused.value.status_code == 422
    assert msgspec.json.encode(refused.value.errors)
