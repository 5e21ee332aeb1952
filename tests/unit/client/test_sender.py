"""The sender loses, repeats and reorders nothing, whatever is answered and whenever either side ends."""

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import httpx
from hypothesis import given
from hypothesis import strategies as st
from relais_client import Counts, Queue, Sender
from relais_client.sender import AT_ONCE

from tests.unit.client.test_queue import statement

Mood = Literal["stored", "cut after it was stored", "away", "overloaded", "broken", "refused", "proxy"]
MOODS: tuple[Mood, ...] = ("stored", "cut after it was stored", "away", "overloaded", "broken", "proxy")


class Intake:
    """What admission does: the same id again is the same statement, another content under it is refused."""

    def __init__(self, moods: Sequence[Mood] = ()) -> None:
        self._moods = list(moods)
        self.stored: dict[str, Any] = {}

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        mood = self._moods.pop(0) if self._moods else "stored"
        if mood == "away":
            raise httpx.ConnectError("refused")
        if mood in {"stored", "cut after it was stored"}:
            body = json.loads(request.content)
            assert self.stored.setdefault(body["source_event_id"], body) == body
        return self._answer(mood)

    def _answer(self, mood: Mood) -> httpx.Response:
        match mood:
            case "cut after it was stored":
                raise httpx.ReadError("cut")
            case "overloaded":
                return httpx.Response(503, headers={"retry-after": "1"})
            case "broken":
                return httpx.Response(500)
            case "refused":
                problem = {"content-type": "application/problem+json"}
                return httpx.Response(422, json={"title": "The body does not fit"}, headers=problem)
            case "proxy":
                return httpx.Response(200, text="<html>Welcome to the guest network")
            case _:
                return httpx.Response(202, json={"receipt_id": "r"})


class Clock:
    """Seconds that pass when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def send_all(queue: Queue, intake: Intake, clock: Clock, *, most: int = 500) -> Counts:
    """Send with as many senders as it takes, each of which ends after its first statements, as if killed."""
    transport = httpx.MockTransport(intake)
    async with httpx.AsyncClient(transport=transport, base_url="http://admission") as http:
        while queue.counts().queued:
            assert (most := most - 1) > 0
            pause = await Sender(queue, http, clock=clock).send_once()
            clock.now += 1.0 if pause is None else pause
    return queue.counts()


@given(
    persons=st.lists(st.sampled_from("abc"), max_size=6), moods=st.lists(st.sampled_from(MOODS), max_size=6)
)
def test_each_is_stored_once_and_in_the_order_of_its_person(persons: list[str], moods: list[Mood]) -> None:
    intake = Intake(moods)
    with tempfile.TemporaryDirectory() as folder, Queue(Path(folder) / "queue.db") as queue:
        for number, person in enumerate(persons):
            queue.put(statement(str(number), person))
        counts = asyncio.run(send_all(queue, intake, Clock()))
    assert counts == Counts(queued=0, accepted=len(persons), refused=0)
    for person in set(persons):
        put = [str(number) for number, one in enumerate(persons) if one == person]
        assert [event_id for event_id in intake.stored if event_id in put] == put


async def test_a_refused_one_holds_nobody_up(tmp_path: Path) -> None:
    with Queue(tmp_path / "queue.db") as queue:
        for event_id in ("1", "2"):
            queue.put(statement(event_id, "a"))
        counts = await send_all(queue, Intake(["refused"]), Clock())
        assert counts == Counts(queued=0, accepted=1, refused=1)
        (refused,) = queue.refused()
        assert (refused.status, json.loads(refused.answer)) == (422, {"title": "The body does not fit"})


async def test_while_relais_is_away_everybody_waits_longer_and_longer(tmp_path: Path) -> None:
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(Intake(["away"] * 8)), base_url="http://admission"
    ) as http:
        with Queue(tmp_path / "queue.db") as queue:
            queue.put(statement("1", "a"))
            sender = Sender(queue, http)
            pauses = [await sender.send_once() or 0.0 for _ in range(8)]
            assert (pauses[0] <= 2.0, 30.0 <= pauses[-1] <= 60.0) == (True, True)
            assert await sender.send_once() == 0.0
            assert queue.counts().accepted == 1


async def test_many_that_are_not_taken_hold_nobody_else_up(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        is_foreign = b"foreign" in request.content
        return httpx.Response(403) if is_foreign else httpx.Response(202, json={"receipt_id": "r"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://admission") as http:
        with Queue(tmp_path / "queue.db") as queue:
            for number in range(2 * AT_ONCE):
                queue.put(statement(f"foreign-{number}", f"foreign-{number}"))
            queue.put(statement("1", "a"))
            sender = Sender(queue, http, clock=Clock())
            pauses = [await sender.send_once() or 0.0 for _ in range(3)]
            assert (queue.counts().accepted, pauses[0] > 0, pauses[1] > 0) == (1, True, True)


async def test_what_cannot_be_read_is_no_answer(tmp_path: Path) -> None:
    broken = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: broken), base_url="http://admission"
    ) as http:
        with Queue(tmp_path / "queue.db") as queue:
            queue.put(statement("1", "a"))
            assert await Sender(queue, http).send_once()
            assert not queue.is_empty()


async def test_as_long_as_it_is_asked_to_wait_it_waits(tmp_path: Path) -> None:
    answer = httpx.Response(429, headers={"retry-after": "120"})
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: answer), base_url="http://admission"
    ) as http:
        with Queue(tmp_path / "queue.db") as queue:
            queue.put(statement("1", "a"))
            assert await Sender(queue, http).send_once() == 120.0


async def test_it_goes_on_until_it_is_told_to_stop(tmp_path: Path) -> None:
    stop, seen = asyncio.Event(), Counter[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        seen[request.url.path] += 1
        stop.set()
        return httpx.Response(202, json={"receipt_id": "r"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://admission") as http:
        with Queue(tmp_path / "queue.db") as queue:
            queue.put(statement("1", "a"), path="/v1/identities/links")
            await Sender(queue, http).run(stop)
            assert (queue.counts().accepted, dict(seen)) == (1, {"/v1/identities/links": 1})
