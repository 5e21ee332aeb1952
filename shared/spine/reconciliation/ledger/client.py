"""Asks a publisher for what its ledger holds: over HTTP, with the deployment's own key and a time limit."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import httpx
import msgspec

from shared.runtime.errors import RetryableError
from shared.spine.reconciliation.hours.digests import Digests
from shared.spine.reconciliation.ledger.pages import MAX_SPANS, LedgerPage, Span, Spans, SpansPage
from shared.spine.records.pulled import LedgerEvent

T = TypeVar("T")

ANSWER_WITHIN_SECONDS: Final = 30.0


class PublisherUnavailable(RetryableError):  # noqa: N818
    """The publisher cannot be asked now: it is unreachable, too slow, or does not know our key."""

    def __init__(self, publisher: str, reason: str) -> None:
        super().__init__(f"{publisher} cannot be asked: {reason}")
        self.reason = reason


class LedgerClient:
    """Reads the ledger of one publisher; every method raises PublisherUnavailable."""

    def __init__(self, client: httpx.AsyncClient, *, publisher: str, url: str, key: str) -> None:
        self.publisher = publisher
        self._client = client
        self._url = url
        self._headers = {"authorization": f"Bearer {key}"}

    async def digests(
        self, *, since: datetime | None, until: datetime, recount: bool = False
    ) -> AsyncIterator[Digests]:
        """Yield what the ledger holds from an hour on, or from its beginning, in consecutive parts."""
        while True:
            query = {"until": until.isoformat(), "recount": str(recount).lower()}
            if since is not None:
                query["since"] = since.isoformat()
            part = await self._get("/v1/ledger/digests", query, Digests)
            yield part
            if part.until >= until:
                return
            since = part.until

    async def events(self, window: datetime, bucket: int) -> AsyncIterator[Sequence[LedgerEvent]]:
        """Yield all events of a cell, page by page, in the order in which they were recorded."""
        query = {"window": window.isoformat(), "bucket": str(bucket)}
        while True:
            page = await self._get("/v1/ledger/events", query, LedgerPage)
            yield page.events
            if page.after is None:
                return
            query |= {"after": str(page.after)} | ({} if page.last is None else {"last": str(page.last)})

    async def events_of_persons(self, spans: Sequence[Span]) -> AsyncIterator[Sequence[LedgerEvent]]:
        """Yield the events of spans that exist, page by page, span by span, in each person's order."""
        for start in range(0, len(spans), MAX_SPANS):
            rest = tuple(spans[start : start + MAX_SPANS])
            while rest:
                body = msgspec.json.encode(Spans(rest))
                page = await self._request("POST", "/v1/ledger/events:of-persons", SpansPage, content=body)
                yield page.events
                rest = page.rest

    async def _get(self, path: str, query: dict[str, str], type_: type[T]) -> T:
        return await self._request("GET", path, type_, params=query)

    async def _request(self, method: str, path: str, type_: type[T], **request: Any) -> T:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                answer = await self._client.request(
                    method, self._url + path, headers=self._headers, **request
                )
            answer.raise_for_status()
            return msgspec.json.decode(answer.content, type=type_)
        except (httpx.HTTPError, TimeoutError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise PublisherUnavailable(self.publisher, _reason_of_failure(error)) from None


def _reason_of_failure(error: Exception) -> str:
    answer: Any = getattr(error, "response", None)
    return type(error).__name__ if answer is None else f"HTTP {answer.status_code}"
