"""Serves `/v1/erasures`: erase a person, and see who was erased when, on what basis, by whom."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from msgspec import Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.grants.granted import refused_without_signer
from services.admission.domain.erasure import Erasure, ErasureBasis
from services.admission.domain.movement import Label
from services.admission.handlers.erase_person import erase_person
from services.admission.storage import erasures
from shared.events.envelope import Moment
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode
from shared.web.paging import DEFAULT_LIMIT, Continuation, Limit, decode_continuation, split_page
from shared.web.problems import Problem

PATH: Final = "/v1/erasures"
_FIRST: Final = (datetime.fromisoformat("0001-01-02T00:00:00+00:00"), UUID(int=0))
_KEY: Final = tuple[Moment, UUID]

router = APIRouter()
Eraser = Annotated[Principal, Depends(Permission("erase_person"))]
Reader = Annotated[Principal, Depends(Permission("list_erasures"))]


class ErasePerson(Struct, frozen=True, kw_only=True):
    """Who is to be forgotten, on what basis, and who decided it."""

    person_id: UUID
    basis: ErasureBasis
    by: Label


class ErasurePage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the erasures, oldest first."""

    erasures: tuple[Erasure, ...]
    continuation: str | None = None
    """Gives the next page; `None` on the last one."""


@router.post(
    PATH,
    **describe(
        "Erase a person",
        caller="operator",
        answers={200: Erasure, 201: Erasure},
        request=ErasePerson,
        examples={
            "Consent was withdrawn": {
                "person_id": "0197f3a2-0000-7000-8000-000000000001",
                "basis": "consent_withdrawn",
                "by": "Dr Lefèvre, DPO",
            }
        },
        problems=[404],
    ),
)
async def post_erasure(request: Request, eraser: Eraser) -> Response:
    """Erase a person for ever, in every service: key, numbers, statements, circle, messages, pathway. There
    is no way back. 200 when the person was erased before."""
    asked = decode(await request.body(), ErasePerson)
    with refused_without_signer():
        done = await erase_person(
            DEPENDENCIES.of(request), asked.person_id, basis=asked.basis, author=asked.by, by=eraser
        )
    if done is None:
        raise Problem(404)
    erasure, is_new = done
    return responses.json(201 if is_new else 200, erasure)


@router.get(PATH, **describe("List the erasures", caller="operator", answers={200: ErasurePage}))
async def get_erasures(
    request: Request, _: Reader, limit: Limit = DEFAULT_LIMIT, continuation: Continuation = None
) -> Response:
    """Who was erased when, by ids that lead to nobody. After a restore from a backup, erase each again."""
    after = _FIRST if continuation is None else decode_continuation(continuation, _KEY)
    found = await erasures.listed(DEPENDENCIES.of(request).pool, after, limit=limit + 1)
    page, following = split_page(list(found), limit, lambda each: (each.erased_at, each.erasure_id))
    return responses.json(200, ErasurePage(erasures=tuple(page), continuation=following))
