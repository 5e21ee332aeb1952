"""A publisher hands out its ledger, page by page, to those who may read it."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.events.envelope import RecordedEvent
from shared.spine.reconciliation.hours.windows import (
    BUCKETS,
    EventKey,
    HourCounts,
    bucket_of,
    cell_of,
    hour_of,
)
from shared.spine.reconciliation.ledger import events as ledger_events
from shared.spine.reconciliation.ledger.pages import MAX_SPANS, Span
from tests.integration.spine.reconciliation.two_sides import HOSPITAL, KEY, START, Sides

pytestmark = pytest.mark.services

WE = {"authorization": f"Bearer {KEY}"}


async def windows(sides: Sides) -> list[HourCounts]:
    return [
        window
        async for part in sides.ledger.digests(since=None, until=sides.clock())
        for window in part.windows
    ]


def cells(events: Sequence[RecordedEvent]) -> tuple[object, ...]:
    identities = [EventKey(event.event_id, event.subject, event.sequence) for event in events]
    return tuple(
        cell_of(one for one in identities if bucket_of(one.subject) == bucket) for bucket in range(BUCKETS)
    )


async def test_an_hour_is_count_and_digest_of_each_bucket_and_numbers_of_each_establishment(
    sides: Sides,
) -> None:
    subjects = [uuid4() for _ in range(30)]
    first = await sides.record(*subjects)
    sides.clock.passes(hours=30)
    second = await sides.record(*subjects[:3], establishment=None)
    sides.clock.passes(minutes=1)
    told = await windows(sides)
    assert [(window.start, window.total) for window in told] == [
        (START, 30),
        (hour_of(second[0].recorded_at), 3),
    ]
    assert [window.buckets for window in told] == [cells(first), cells(second)]
    assert [window.tallies for window in told] == [{HOSPITAL: 30}, {"": 3}]


async def test_a_cell_is_read_page_by_page_whole_and_in_order(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_events, "PAGE", 3)
    subject = UUID(int=5)
    events = await sides.record(*[subject] * 7, uuid4())
    asked: dict[str, str | int] = {"window": START.isoformat(), "bucket": 5, "limit": 3}
    sequences: list[int] = []
    page: dict[str, Any] = {"after": 0}
    pages = 0
    while "after" in page:
        place: dict[str, int] = {name: page[name] for name in ("after", "last") if name in page}
        answer = await sides.client.get(
            "http://admission/v1/ledger/events", params={**asked, **place}, headers=WE
        )
        page = json.loads(answer.content)
        sequences += [one["sequence"] for one in page["events"] if one["subject"] == str(subject)]
        pages += 1
    assert (sequences, pages) == ([1, 2, 3, 4, 5, 6, 7], 3)
    read = [event async for page in sides.ledger.events(START, 5) for event in page]
    assert [one.event_id for one in read if one.subject == subject] == [
        event.event_id for event in events[:7]
    ]
    assert json.loads(bytes(read[0].data))["establishment"] == HOSPITAL


async def test_persons_numbers_are_read_as_far_as_there_are_any_in_the_order_asked_for(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_events, "PAGE", 3)
    rose, alix, nobody = uuid4(), uuid4(), uuid4()
    await sides.record(*[rose] * 7, alix, alix)
    spans = [Span(rose, 3, 99), Span(nobody, 1, 1), Span(alix, 1, 1), Span(rose, 1, 2)]
    pages = [page async for page in sides.ledger.events_of_persons(spans)]
    assert [[(one.subject, one.sequence) for one in page] for page in pages] == [
        [(rose, 3), (rose, 4), (rose, 5)],
        [(rose, 6), (rose, 7), (alix, 1)],
        [(rose, 1), (rose, 2)],
    ]


async def test_more_persons_than_one_question_holds_are_asked_for_in_several(sides: Sides) -> None:
    subjects = [uuid4() for _ in range(MAX_SPANS + 1)]
    await sides.record(*subjects)
    pages = [page async for page in sides.ledger.events_of_persons([Span(each, 1, 1) for each in subjects])]
    assert [len(page) for page in pages] == [MAX_SPANS, 1]


async def test_numbers_are_told_by_day_and_establishment(sides: Sides) -> None:
    await sides.record(uuid4(), uuid4())
    sides.clock.passes(days=1)
    await sides.record(uuid4(), establishment=None)
    answer = await sides.client.get(
        "http://admission/v1/ledger/tallies",
        params={"since": "2026-03-01", "until": "2026-03-02"},
        headers=WE,
    )
    assert [(one["day"], one["establishment"], one["recorded"]) for one in answer.json()["tallies"]] == [
        ("2026-03-01", HOSPITAL, 2),
        ("2026-03-02", None, 1),
    ]


@pytest.mark.parametrize(
    ("key", "status"),
    [(KEY, 200), (KEY + "0", 401), ("", 401), ("relais_somebody_else", 401)],
    ids=["ours", "longer", "none", "other"],
)
async def test_only_who_has_the_key_may_read(sides: Sides, key: str, status: int) -> None:
    answer = await sides.client.get(
        "http://admission/v1/ledger/digests",
        params={"until": START.isoformat()},
        headers={"authorization": f"Bearer {key}"},
    )
    assert answer.status_code == status


async def test_what_does_not_fit_is_said(sides: Sides) -> None:
    answer = await sides.client.get(
        "http://admission/v1/ledger/events", params={"window": "noon", "bucket": 16}, headers=WE
    )
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/query/window", "/query/bucket"}


async def test_every_span_that_does_not_fit_is_said_and_an_empty_one_finds_nothing(sides: Sides) -> None:
    url, subject = "http://admission/v1/ledger/events:of-persons", str(uuid4())
    bad = {"spans": [{"subject": "Rose", "first": 0, "last": 1}, {"subject": subject, "first": 1}]}
    answer = await sides.client.post(url, json=bad, headers=WE)
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/spans/0/subject",
        "/spans/0/first",
        "/spans/1/last",
    }
    too_many = {"spans": [{"subject": subject, "first": 1, "last": 1}] * (MAX_SPANS + 1)}
    assert (await sides.client.post(url, json=too_many, headers=WE)).status_code == 422
    assert (await sides.client.post(url, json={"spans": []})).status_code == 401
    backwards = {"spans": [{"subject": subject, "first": 2, "last": 1}]}
    assert (await sides.client.post(url, json=backwards, headers=WE)).json() == {"events": []}


async def test_the_numbers_of_all_days_that_there_are_can_be_asked_for(sides: Sides) -> None:
    await sides.record(uuid4())
    days = {"since": "0001-01-01", "until": "9999-12-31"}
    answer = await sides.client.get("http://admission/v1/ledger/tallies", params=days, headers=WE)
    assert answer.json()["tallies"] == [{"day": "2026-03-01", "establishment": HOSPITAL, "recorded": 1}]
