"""The queue keeps what was put, in the order of each person, and what it was answered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from relais_client import Counts, OtherContentError, Queue, Settled


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "queue.db"


@pytest.fixture
def queue(file: Path) -> Iterator[Queue]:
    with Queue(file) as opened:
        yield opened


def statement(event_id: str, *numbers: str, **other: Any) -> dict[str, Any]:
    identifiers = [{"authority": "IPP", "value": number} for number in numbers]
    return {"source_event_id": event_id, "person": {"identifiers": identifiers}} | other


def due(queue: Queue, *, now: float = 0.0) -> list[str]:
    return [each.event_id for each in queue.next_of_each_person(now=now, most=100)]


def answered(event_id: str, state: Any = "accepted") -> Settled:
    return Settled(event_id=event_id, state=state, status=202, answer=b"{}")


def test_what_was_put_is_there_for_whoever_opens_the_file_next(queue: Queue, file: Path) -> None:
    queue.put(statement("1", "a"))
    with Queue(file) as other:
        assert due(other) == ["1"]


def test_only_the_owner_may_read_the_file(queue: Queue, file: Path) -> None:
    queue.put(statement("1", "a"))
    assert {path.stat().st_mode & 0o777 for path in file.parent.iterdir()} == {0o600}


def test_the_oldest_of_each_person_is_next(queue: Queue) -> None:
    for event_id, number in [("1", "a"), ("2", "b"), ("3", "a")]:
        queue.put(statement(event_id, number))
    assert due(queue) == ["1", "2"]
    queue.settle(answered("1"), now=1.0)
    assert due(queue) == ["2", "3"]


def test_whoever_waits_lets_only_their_own_later_ones_wait(queue: Queue) -> None:
    for event_id, number in [("1", "a"), ("2", "a"), ("3", "b")]:
        queue.put(statement(event_id, number))
    queue.postpone("1", until=10.0)
    assert due(queue, now=9.0) == ["3"]
    assert due(queue, now=10.0) == ["1", "3"]


def test_one_number_in_common_makes_one_order(queue: Queue) -> None:
    queue.put(statement("1", "ipp"))
    queue.put(statement("2", "ins"))
    assert due(queue) == ["1", "2"]
    queue.put(statement("3", "ins", "ipp"))
    assert due(queue) == ["1"]
    queue.put(statement("4", "ins"))
    queue.settle(answered("1"), now=1.0)
    assert due(queue) == ["2"]


def test_a_merge_is_in_the_order_of_both_persons(queue: Queue) -> None:
    queue.put(statement("1", "a"))
    merge = {
        "surviving": {"identifiers": [{"authority": "IPP", "value": "b"}]},
        "merged": {"identifiers": [{"authority": "IPP", "value": "a"}]},
    }
    queue.put(statement("2") | merge, path="/v1/identities/merges")
    assert due(queue) == ["1"]


def test_what_names_nobody_is_in_an_order_of_its_own(queue: Queue) -> None:
    for event_id in ("1", "2"):
        queue.put(statement(event_id))
    queue.put(statement("3", "a"))
    assert due(queue) == ["1", "3"]


def test_the_same_again_changes_nothing_and_other_content_is_refused(queue: Queue) -> None:
    queue.put(statement("1", "a"))
    queue.put(statement("1", "a"))
    queue.settle(answered("1"), now=1.0)
    queue.put(statement("1", "a"))
    assert queue.counts() == Counts(queued=0, accepted=1, refused=0)
    with pytest.raises(OtherContentError, match="1"):
        queue.put(statement("1", "a", kind="discharge"))
    with pytest.raises(OtherContentError, match="1"):
        queue.put(statement("1", "a"), path="/v1/elsewhere")
    assert queue.counts() == Counts(queued=0, accepted=1, refused=0)


@pytest.mark.parametrize("content", [{}, {"source_event_id": ""}, {"source_event_id": 7}])
def test_a_statement_needs_an_id(queue: Queue, content: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="source_event_id"):
        queue.put(content)
    assert due(queue) == []


def test_of_what_was_accepted_only_the_receipt_stays(queue: Queue, file: Path) -> None:
    queue.put(statement("1", "a", secret="ZZSECRETNAME"))
    queue.put(statement("2", "a"))
    queue.settle(answered("1"), now=1.0)
    assert queue.settled("1") == answered("1")
    assert queue.settled("2") is None
    assert due(queue) == ["2"]


def test_a_refused_one_lets_its_persons_later_ones_pass_and_is_kept_until_it_is_dropped(queue: Queue) -> None:
    for event_id in ("1", "2"):
        queue.put(statement(event_id, "a"))
    refused = answered("1", "refused")
    queue.settle(refused, now=1.0)
    assert (queue.refused(), due(queue)) == ([refused], ["2"])
    assert queue.drop_refused("1")
    assert not queue.drop_refused("1")
    assert not queue.drop_refused("2")
    assert (queue.refused(), due(queue)) == ([], ["2"])


def test_a_refused_one_is_sent_again_in_its_place(queue: Queue) -> None:
    for event_id in ("1", "2"):
        queue.put(statement(event_id, "a"))
    queue.settle(answered("1", "refused"), now=1.0)
    assert (queue.retry_refused("1"), queue.retry_refused("1")) == (True, False)
    assert (queue.refused(), due(queue)) == ([], ["1"])


def test_old_receipts_are_forgotten_when_somebody_asks(queue: Queue) -> None:
    for event_id in ("1", "2"):
        queue.put(statement(event_id, event_id))
        queue.settle(answered(event_id), now=float(event_id))
    assert queue.forget_accepted(before=2.0) == 1
    assert (queue.settled("1"), queue.settled("2"), queue.is_empty()) == (None, answered("2"), True)
