"""Serves `GET /v1/identities/work-items` and takes decisions about them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from msgspec import Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES, examples
from services.admission.domain.identifiers import NotAnInsError, is_ins, normalised
from services.admission.domain.identities.work_item import State, Verdict, WorkItem
from services.admission.domain.movement import Identifier, Label
from services.admission.handlers.identities.work_items import FIRST, decide_work_item, list_work_items
from services.admission.storage.identities.work_items import ListKey
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode, uuid_in_path
from shared.web.paging import DEFAULT_LIMIT, Continuation, Limit, decode_continuation, split_page
from shared.web.problems import FieldError, Problem

router = APIRouter()

Decider = Annotated[Principal, Depends(Permission("decide_work_item"))]


class WorkItemPage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the work list, oldest first."""

    work_items: tuple[WorkItem, ...]
    continuation: str | None = None
    """Gives the next page; `None` on the last one."""


class Decide(Struct, frozen=True, kw_only=True):
    """What somebody has decided about two persons."""

    verdict: Verdict
    author: Label
    """Who decided; the key that was used is recorded beside it."""
    reason: Label
    ins_of_person: Identifier | None = None
    """With `different_persons`: the INS that is `person_id`'s, although `other_person_id` had it first."""


@router.get(
    "/v1/identities/work-items",
    **describe("List doubts about identities", caller="integrator", answers={200: WorkItemPage}),
)
async def show_work_items(
    request: Request,
    reader: Annotated[Principal, Depends(Permission("list_work_items"))],
    state: Annotated[
        State, Query(description="Those that wait for a decision, unless said otherwise")
    ] = "open",
    limit: Limit = DEFAULT_LIMIT,
    continuation: Continuation = None,
) -> Response:
    """Pairs of persons who may be one, with the receipts that say so and the names of the traits that
    disagree: all of them for an operator of the platform, otherwise those that concern nobody but
    one's own establishments."""
    after = FIRST if continuation is None else decode_continuation(continuation, ListKey)
    found = await list_work_items(
        DEPENDENCIES.of(request), reader=reader, state=state, after=after, limit=limit + 1
    )
    page, following = split_page(found, limit, _place)
    return responses.json(200, WorkItemPage(work_items=page, continuation=following))


@router.post(
    "/v1/identities/work-items/{work_item_id}/decision",
    **describe(
        "Decide whether two persons are one",
        caller="operator",
        answers={200: WorkItem},
        request=Decide,
        examples=examples.DECISIONS,
        problems=[404],
    ),
)
async def post_decision(
    work_item_id: str,
    request: Request,
    operator: Decider,
) -> Response:
    """Make the two one person, or say that they are two. A later decision to the contrary undoes it: their
    stays, circles and messages follow. 404 also for what does not concern one's establishment."""
    wanted = decode(await request.body(), Decide)
    if wanted.ins_of_person is not None and (fault := _fault(wanted, wanted.ins_of_person)):
        raise Problem(422, "The decision contradicts itself", errors=[FieldError("/ins_of_person", fault)])
    item = await decide_work_item(
        DEPENDENCIES.of(request),
        uuid_in_path(work_item_id),
        verdict=wanted.verdict,
        author=wanted.author,
        reason=wanted.reason,
        by=operator,
        ins=wanted.ins_of_person,
    )
    if item is None:
        raise Problem(404)
    return responses.json(200, item)


def _fault(wanted: Decide, ins: Identifier) -> str | None:
    if wanted.verdict != "different_persons":
        return "of two who are one, an INS changes hands no more"
    try:
        return None if is_ins(normalised(ins.authority, ins.value)) else "is no INS"
    except NotAnInsError as error:
        return str(error)


def _place(item: WorkItem) -> ListKey:
    return item.found_at, item.work_item_id
