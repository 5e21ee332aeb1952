"""What became of a movement? The receipt, and what each service says when it is asked."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import httpx
import msgspec

from services.admission.domain.receipt import Receipt, ServiceOutcome
from services.admission.storage.submissions import receipt_of
from shared.database.pool import Pool
from shared.security.principal import Principal

PATIENCE_SECONDS = 2.0
"""A receipt is not held up by a service that does not answer."""
UNREACHABLE = ServiceOutcome(state="unreachable")
PENDING = ServiceOutcome(state="pending")


@dataclass(frozen=True, slots=True)
class ShowReceipt:
    """Reads the receipt and asks the services of their part (decision 0004)."""

    pool: Pool
    client: httpx.AsyncClient
    peers: Mapping[str, str]
    """Name of each service -> where its API is."""

    async def __call__(
        self, receipt_id: UUID, *, reader: Principal, authorization: str
    ) -> tuple[Receipt, dict[str, ServiceOutcome]] | None:
        """None when there is no such receipt for this reader."""
        found = await receipt_of(self.pool, receipt_id)
        if found is None or not reader.may_see(found[1]):
            return None
        receipt = found[0]
        outcomes = await asyncio.gather(
            *(self._ask(url, receipt.event_id, authorization) for url in self.peers.values())
        )
        return receipt, dict(zip(self.peers, outcomes, strict=True))

    async def _ask(self, url: str, event_id: UUID, authorization: str) -> ServiceOutcome:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answer = await self.client.get(
                    f"{url}/v1/events/{event_id}/outcome", headers={"authorization": authorization}
                )
            if answer.status_code == httpx.codes.NOT_FOUND:
                return PENDING  # the reader may see it, so the service has not seen it
            if answer.status_code != httpx.codes.OK:
                return UNREACHABLE
            return msgspec.json.decode(answer.content, type=ServiceOutcome)
        except (httpx.HTTPError, TimeoutError, msgspec.DecodeError, UnicodeDecodeError):
            return UNREACHABLE
