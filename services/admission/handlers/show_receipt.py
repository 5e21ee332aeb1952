"""Shows a receipt with what each service says of its event when it is asked (decision 0004)."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import msgspec

from services.admission.domain.receipt import NumberedReceipt, Receipt, ServiceOutcome
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.submissions import (
    RECORD_CONTEXT,
    StoredSubmission,
    receipt_of,
    receipts_of,
    stored_submission_of,
)
from shared.security.audit.access import note
from shared.security.principal import Principal

PEER_TIMEOUT_SECONDS = 2.0
"""A service that does not answer in time delays no receipt."""
UNREACHABLE = ServiceOutcome(state="unreachable")
PENDING = ServiceOutcome(state="pending")


class _Units(msgspec.Struct, frozen=True):
    medical_unit: str | None = None
    nursing_unit: str | None = None


class _Published(msgspec.Struct, frozen=True):
    movement_id: UUID
    stay_id: UUID
    unit: str | None = None
    responsibility: _Units = _Units()


class _Stated(msgspec.Struct, frozen=True):
    movement_id: str
    stay_id: str
    unit: Any = None
    responsibility: Any = None


async def find_receipt(dependencies: Dependencies, source_event_id: str, *, reader: Principal) -> UUID | None:
    """The id of the receipt of what this very source sent under its own event id; `None` if nothing was."""
    found = await receipts_of(dependencies.pool, [(reader.source_id, source_event_id)])
    return next((receipt.receipt_id for receipt in found.values()), None)


async def show_receipt(
    dependencies: Dependencies, receipt_id: UUID, *, reader: Principal, authorization: str
) -> tuple[NumberedReceipt, dict[str, ServiceOutcome]] | None:
    """The receipt and the outcome by service, asked under the reader's own `authorization` header.

    None when there is no such receipt for this reader. The sender's own numbers are decrypted for the
    establishment that stated them and for nobody else (decision 0016).
    """
    found = await receipt_of(dependencies.pool, receipt_id)
    if found is None or not reader.may_see(found[1]):
        return None
    receipt, establishment = found
    note(receipt.person_id, why="states" if reader.is_bound_to(establishment) else "platform")
    submission = await stored_submission_of(dependencies.pool, receipt_id)
    outcomes = await asyncio.gather(
        *(
            _ask_service(dependencies.http, url, receipt.event_id, authorization)
            for url in dependencies.peers.values()
        )
    )
    numbered = _add_numbers(dependencies, receipt, submission, is_sender=reader.is_bound_to(establishment))
    return numbered, dict(zip(dependencies.peers, outcomes, strict=True))


async def own_receipt(dependencies: Dependencies, receipt_id: UUID) -> NumberedReceipt | None:
    """The receipt with its sender's own numbers, for the sender."""
    found = await receipt_of(dependencies.pool, receipt_id)
    if found is None:
        return None
    submission = await stored_submission_of(dependencies.pool, receipt_id)
    return _add_numbers(dependencies, found[0], submission, is_sender=True)


def _add_numbers(
    dependencies: Dependencies, receipt: Receipt, submission: StoredSubmission, *, is_sender: bool
) -> NumberedReceipt:
    published = msgspec.json.decode(submission.data, type=_Published)
    stated, by = None, published.responsibility
    if is_sender and submission.wrapped_key is not None and submission.record:
        context = RECORD_CONTEXT + submission.event_id.bytes
        record = dependencies.vault.decrypt(submission.wrapped_key, submission.record, context=context)
        stated = msgspec.json.decode(record, type=_Stated)
    return NumberedReceipt(
        **msgspec.structs.asdict(receipt),
        movement_id=published.movement_id,
        stay_id=published.stay_id,
        source_movement_id=None if stated is None else stated.movement_id,
        source_stay_id=None if stated is None else stated.stay_id,
        # One that could not be read was not published either.
        source_unit=stated.unit if stated and published.unit else None,
        source_medical_unit=stated.responsibility["medical_unit"] if stated and by.medical_unit else None,
        source_nursing_unit=stated.responsibility["nursing_unit"] if stated and by.nursing_unit else None,
        moved_to=None if submission.held_by == receipt.person_id else submission.held_by,
    )


async def _ask_service(
    http: httpx.AsyncClient, url: str, event_id: UUID, authorization: str
) -> ServiceOutcome:
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
