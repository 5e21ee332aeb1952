"""Shows a receipt with what each service says of its event when it is asked (decision 0004)."""

import asyncio
from uuid import UUID

import httpx
import msgspec

from services.admission.domain.receipt import Receipt, ServiceOutcome
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.submissions import receipt_of
from shared.security.principal import Principal

PEER_TIMEOUT_SECONDS = 2.0
"""A service that does not answer in time delays no receipt."""
UNREACHABLE = ServiceOutcome(state="unreachable")
PENDING = ServiceOutcome(state="pending")


async def show_receipt(
    dependencies: Dependencies, receipt_id: UUID, *, reader: Principal, authorization: str
) -> tuple[Receipt, dict[str, ServiceOutcome]] | None:
    """The receipt and the outcome by service, asked under the reader's own `authorization` header.

    None when there is no such receipt for this reader.
    """
    found = await receipt_of(dependencies.pool, receipt_id)
    if found is None or not reader.may_see(found[1]):
        return None
    receipt = found[0]
    outcomes = await asyncio.gather(
        *(
            _ask(dependencies.http, url, receipt.event_id, authorization)
            for url in dependencies.peers.values()
        )
    )
    return receipt, dict(zip(dependencies.peers, outcomes, strict=True))


async def _ask(http: httpx.AsyncClient, url: str, event_id: UUID, authorization: str) -> ServiceOutcome:
    try:
        async with asyncio.timeout(PEER_TIMEOUT_SECONDS):
            answer = await http.get(
                f"{url}/v1/events/{event_id}/outcome", headers={"authorization": authorization}
            )
        if answer.status_code == httpx.codes.NOT_FOUND:
            return PENDING  # the reader may see it, so the service has not seen it
        if answer.status_code != httpx.codes.OK:
            return UNREACHABLE
        return msgspec.json.decode(answer.content, type=ServiceOutcome)
    except (httpx.HTTPError, TimeoutError, msgspec.DecodeError, UnicodeDecodeError):
        return UNREACHABLE
