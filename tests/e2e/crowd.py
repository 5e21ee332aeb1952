"""Many clients that post movements at once, each retrying until its own are acknowledged."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import httpx

from tests.e2e.establishment import Establishment

_CONNECTIONS = 16
_TRIES = 120
_PAUSE_SECONDS = 0.5
_TIMEOUT_SECONDS = 15.0


class Crowd:
    """One establishment's clients; a request is repeated until it is answered."""

    def __init__(self, establishment: Establishment) -> None:
        self._establishment = establishment
        self._headers = {"Authorization": f"Bearer {establishment.key}"}

    async def post_movements(self, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The receipt of each movement, in order; a repeat after a cut gives the first receipt again."""
        url = f"{self._establishment.services.admission}/v1/movements"
        return [answer.json() for answer in await self._all("POST", [(url, body) for body in bodies])]

    async def traces_of(self, bodies: Sequence[dict[str, Any]]) -> list[str]:
        """Post each movement; the id of its trace, as the answer names it."""
        url = f"{self._establishment.services.admission}/v1/movements"
        answers = await self._all("POST", [(url, body) for body in bodies])
        return [answer.headers["traceresponse"].split("-")[1] for answer in answers]

    async def put(self, urls: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Put every body; a person who is not known yet is asked for again."""
        await self._all("PUT", list(urls), retry_on=frozenset({404}))

    async def get(self, urls: Iterable[str]) -> list[Any]:
        """Each answer's JSON, in order."""
        return [answer.json() for answer in await self._all("GET", [(url, None) for url in urls])]

    async def _all(
        self,
        method: str,
        requests: Sequence[tuple[str, dict[str, Any] | None]],
        *,
        retry_on: frozenset[int] = frozenset(),
    ) -> list[httpx.Response]:
        answers: dict[int, httpx.Response] = {}
        waiting = iter(enumerate(requests))
        limits = httpx.Limits(max_connections=_CONNECTIONS)
        async with httpx.AsyncClient(
            timeout=_TIMEOUT_SECONDS, limits=limits, headers=self._headers
        ) as client:

            async def one_client() -> None:
                for index, (url, body) in waiting:
                    answers[index] = await _until_answered(client, method, url, body, retry_on)

            await asyncio.gather(*(one_client() for _ in range(_CONNECTIONS)))
        return [answers[index] for index in range(len(requests))]


async def _until_answered(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    body: dict[str, Any] | None,
    retry_on: frozenset[int],
) -> httpx.Response:
    for _ in range(_TRIES):
        try:
            answer = await client.request(method, url, json=body)
        except httpx.TransportError:
            await asyncio.sleep(_PAUSE_SECONDS)
            continue
        if answer.status_code not in retry_on and answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
            assert answer.is_success, f"{method} {url}: {answer.status_code} {answer.text}"
            return answer
        assert answer.status_code != httpx.codes.INTERNAL_SERVER_ERROR, f"{method} {url} is our fault"
        await asyncio.sleep(_PAUSE_SECONDS)
    raise AssertionError(f"{method} {url} was not answered")
