"""Serves who had access to a person's data, and whether the record of it is as it was written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from msgspec import Struct
from starlette.responses import Response

from shared.database.pool import Executor
from shared.events.envelope import Moment
from shared.security.audit.chain import Finding, Reading
from shared.security.audit.entry import ChainedEntry, Stage
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.spine.audit import entries as storage
from shared.spine.audit.verify import PAGE, faults_of_ends, pages
from shared.web import responses
from shared.web.contract import describe
from shared.web.paging import (
    DEFAULT_LIMIT,
    Continuation,
    Limit,
    decode_continuation,
    encode_continuation,
    split_page,
)
from shared.web.state import StateEntry

PAGES_OF_ONE_ANSWER: Final = 10
_LAST: Final = (datetime.fromisoformat("9999-12-30T00:00:00+00:00"), UUID(int=2**128 - 1), 0)
_KEY: Final = tuple[Moment, UUID, int]
_PLACE: Final = tuple[UUID, int, bytes]

router = APIRouter()
verification_router = APIRouter()
"""On the port of operations."""
Officer = Annotated[Principal, Depends(Permission("read_accesses"))]
Verifier = Annotated[Principal, Depends(Permission("verify_audit"))]


@dataclass(frozen=True, kw_only=True)
class AuditContext:
    """What the routes of the audit work with."""

    pool: Executor
    key: bytes


AUDIT: Final = StateEntry[AuditContext]("audit")


class ShownAccess(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One access to what is personal, at this service."""

    at: datetime
    operation: str
    stage: Stage
    """`done`; `refused`; `asked` comes before every change; `failed`: it was not made."""
    access_id: UUID
    """The request."""
    person_id: UUID | None = None
    why: str | None = None
    """The relation or scope by which it was allowed, or the reason why not."""
    establishment: str | None = None
    """None: an operator of the platform, or somebody who held the address of a page."""
    source_id: UUID | None = None
    key_id: UUID | None = None
    object_id: UUID | None = None
    """What it named beside the person: a receipt, a grant, an expectation."""


class Accesses(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Accesses to what is known of a person, newest first."""

    accesses: tuple[ShownAccess, ...]
    continuation: str | None = None
    """Gives the next page; none on the last one."""


class ShownFault(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that is not as it was written."""

    fault: str
    """altered, removed, head altered or head removed."""
    number: int
    chain: UUID | None = None


class Verification(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was verified, and what was wrong with it."""

    entries: int
    """How many were read for this answer."""
    faults: tuple[ShownFault, ...]
    head: str | None = None
    """Number and digest of the newest head, on the first page: to be kept elsewhere."""
    continuation: str | None = None
    """Verifies what follows; none when all was read."""


@router.get(
    "/v1/persons/{person_id}/accesses",
    **describe("List who had access to a person's data", caller="operator", answers={200: Accesses}),
)
async def list_accesses(
    request: Request,
    person_id: UUID,
    officer: Officer,
    limit: Limit = DEFAULT_LIMIT,
    continuation: Continuation = None,
) -> Response:
    """For privacy officers: what the keys of their own establishments did, or were refused, at this service;
    for operators of the platform, what anybody's did, for the person who asks. Of a person who was merged
    into another, ask by both ids."""
    before = _LAST if continuation is None else decode_continuation(continuation, _KEY)
    reach = None if officer.is_platform_operator else officer.establishments
    found = await storage.of_persons(
        AUDIT.of(request).pool, [person_id], reach, before=before, limit=limit + 1
    )
    page, following = split_page(found, limit, lambda each: (each.entry.at, each.chain, each.number))
    body = Accesses(accesses=tuple(shown(each) for each in page), continuation=following)
    return responses.json(200, body)


@verification_router.get(
    "/v1/audit/verification",
    **describe("Verify the audit", caller="operator", answers={200: Verification}),
)
async def verify_audit(
    request: Request,
    _: Verifier,
    continuation: Continuation = None,
    head: Annotated[
        str | None, Query(pattern="^[0-9]{1,15}:[0-9a-f]{64}$", description="One that was kept elsewhere")
    ] = None,
) -> Response:
    """Read a part of the audit and say what was altered, removed or inserted since it was written. The first
    part verifies the heads, too: how far every chain had come each minute. The newest head can be cut off
    unseen, unless one that was kept elsewhere is given: each is in the log."""
    context = AUDIT.of(request)
    found: list[Finding] = []
    newest = None
    if continuation is None:
        reading = Reading(context.key)
        found += await faults_of_ends(context.pool, context.key, remembered=_remembered(head))
        newest = await storage.last_head(context.pool)
    else:
        reading = Reading(context.key, after=decode_continuation(continuation, _PLACE))
    entries = read = 0
    async for count, wrong in pages(context.pool, reading):
        entries, read, found = entries + count, read + 1, [*found, *wrong]
        if count < PAGE or read == PAGES_OF_ONE_ANSWER:
            break
    is_last = entries < PAGE * PAGES_OF_ONE_ANSWER
    body = Verification(
        entries=entries,
        faults=tuple(ShownFault(fault=one.fault, number=one.number, chain=one.chain) for one in found),
        head=None if newest is None else f"{newest.number}:{newest.digest.hex()}",
        continuation=None if is_last else encode_continuation(reading.place),
    )
    return responses.json(200, body)


def shown(entry: ChainedEntry) -> ShownAccess:
    """An entry as officers and persons see it."""
    one = entry.entry
    return ShownAccess(
        at=one.at,
        operation=one.operation,
        stage=one.stage,
        access_id=one.access_id,
        person_id=one.person_id,
        why=one.why,
        establishment=one.establishment,
        source_id=one.source_id,
        key_id=one.key_id,
        object_id=one.object_id,
    )


def _remembered(head: str | None) -> tuple[int, bytes] | None:
    if head is None:
        return None
    number, _, digest = head.partition(":")
    return int(number), bytes.fromhex(digest)
