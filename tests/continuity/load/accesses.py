"""Journals every request that the harness makes of the platform: what the audit must show, and nothing else.

The movements themselves are in the clients' journal.
"""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from itertools import count
from typing import Any, Final

import httpx

from tests.continuity.journal import Journal

OPERATOR: Final = "operator"
_ELSEWHERE: Final = "/v1/movements"
_NUMBER: Final = "continuity.access"
_OPAQUE: Final = ("event_id", "receipt_id", "key_id", "source_id", "establishment")
_PERSONS: Final = ("person_id", "other_person_id")

Hooks = Mapping[str, list[Callable[..., Awaitable[None]]]]


class Accesses:
    """Who asked what, and what was told of whom."""

    def __init__(self, journal: Journal, *, services: Mapping[int, str]) -> None:
        """`services`: port of each API -> its service."""
        self._journal = journal
        self._services = services
        self._numbers = count(1)
        self._owners: dict[str, str] = {}
        """Header with a key -> the establishment that has it."""

    @property
    def hooks(self) -> Hooks:
        """For a client of httpx: nothing that it sends escapes them."""
        return {"request": [self._asks], "response": [self._is_told]}

    async def _asks(self, request: httpx.Request) -> None:
        if request.url.path == _ELSEWHERE:
            return
        number = next(self._numbers)
        request.extensions = {**request.extensions, _NUMBER: number}
        body = json.loads(request.content) if request.content else {}
        await self._journal.write(
            what="asked",
            access=number,
            service=self._services[request.url.port or 0],
            method=request.method,
            path=request.url.path,
            by=self._owners.get(request.headers["authorization"], OPERATOR),
            named=request.url.params.get("source_event_id") or body.get("source_event_id"),
        )

    async def _is_told(self, response: httpx.Response) -> None:
        number = response.request.extensions.get(_NUMBER)
        if number is None or not response.is_success:
            return
        await response.aread()
        told = response.json() if response.content else {}
        if "key" in told:
            self._owners[f"Bearer {told['key']}"] = told["establishment"]
        own = next(iter(told.get("receipts", ())), told)
        await self._journal.write(
            what="told",
            access=number,
            persons=sorted(set(_persons_in(told))),
            outcomes={name: each["state"] for name, each in own.get("services", {}).items()},
            **{name: own[name] for name in _OPAQUE if own.get(name)},
        )


def _persons_in(told: Mapping[str, Any]) -> Iterator[str]:
    for part in (told, *told.get("receipts", ()), *told.get("work_items", ())):
        yield from (part[name] for name in _PERSONS if part.get(name))
