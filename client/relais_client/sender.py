"""Sends what a queue keeps, each person's statements in order, until every one is answered."""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Final

import httpx

from relais_client.answers import Accepted, Later, Refused, Verdict, pause_after, verdict_on
from relais_client.queue import Queue, Settled, State
from relais_client.statement import Statement

AT_ONCE: Final = 16
"""Statements of as many persons on their way; admission commits those that come together at once."""
TIMEOUT_SECONDS: Final = 30.0
LOOK_SECONDS: Final = 0.5
"""How often an empty queue is looked at: another process may have put something in."""

_log = logging.getLogger(__name__)


def open_http(url: str, *, key: str, timeout_seconds: float = TIMEOUT_SECONDS) -> httpx.AsyncClient:
    """The connections to admission at `url`, with the key of the source."""
    return httpx.AsyncClient(
        base_url=url,
        headers={"authorization": f"Bearer {key}"},
        timeout=timeout_seconds,
        limits=httpx.Limits(max_connections=AT_ONCE),
    )


class Sender:
    """Sends a queue's statements; a second one beside it sends some twice, which changes nothing."""

    def __init__(
        self, queue: Queue, http: httpx.AsyncClient, *, clock: Callable[[], float] = time.time
    ) -> None:
        """Send over these connections; the clock gives seconds since 1970."""
        self._queue, self._http, self._clock = queue, http, clock
        self._failures = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; what is on its way by then is still answered."""
        while not stop.is_set():
            pause = await self.send_once()
            if pause is None:
                pause = LOOK_SECONDS
            if pause:
                await _wait(stop, pause)

    async def run_until_empty(self) -> None:
        """Send until nothing is queued; what was refused is left in the queue."""
        while not self._queue.is_empty():
            pause = await self.send_once()
            await asyncio.sleep(LOOK_SECONDS if pause is None else pause)

    async def send_once(self) -> float | None:
        """Send the next statement of some persons; seconds until the next ones, `None` when none was due."""
        due = self._queue.next_of_each_person(now=self._clock(), most=AT_ONCE)
        if not due:
            return None
        verdicts = await asyncio.gather(*(self._send(statement) for statement in due))
        waits = [verdict for verdict in verdicts if isinstance(verdict, Later)]
        are_all = len(waits) == len(verdicts)
        # As long as some are taken, one that is not is no sign that Relais is away.
        self._failures = self._failures + 1 if are_all else 0
        if not are_all and not any(wait.concerns_all for wait in waits):
            return 0.0
        asked = max(wait.after_seconds or 0.0 for wait in waits)
        pause = max(asked, pause_after(self._failures, share=_share()))
        _log.warning("not everything is taken now (%s): again in %.1f s", waits[0].why, pause)
        return pause

    async def _send(self, statement: Statement) -> Verdict:
        """Send one, and keep in the queue what became of it."""
        try:
            answer = await self._http.post(
                statement.path, content=statement.body, headers={"content-type": "application/json"}
            )
        except httpx.RequestError as error:
            return Later(concerns_all=True, why=type(error).__name__)
        verdict = verdict_on(answer.status_code, answer.headers, answer.content)
        match verdict:
            case Accepted():
                self._settle(statement, "accepted", answer)
            case Refused():
                _log.warning("a statement was refused: %d", answer.status_code)
                self._settle(statement, "refused", answer)
            case Later(concerns_all=False, after_seconds=asked):
                _log.warning("a statement could not be taken: %d", answer.status_code)
                pause = pause_after(statement.attempts, share=_share())
                self._queue.postpone(statement.event_id, until=self._clock() + max(asked or 0.0, pause))
        return verdict

    def _settle(self, statement: Statement, state: State, answer: httpx.Response) -> None:
        self._queue.settle(
            Settled(
                event_id=statement.event_id, state=state, status=answer.status_code, answer=answer.content
            ),
            now=self._clock(),
        )


def _share() -> float:
    return random.random()  # noqa: S311 - it keeps senders apart, and is no secret


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
