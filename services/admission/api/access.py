"""Serves `GET /v1/sources` and `GET /v1/keys`, which list who may call."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from msgspec import Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.handlers.list_access import list_keys, list_sources
from services.admission.storage.access import FIRST, ListedKey, ListedSource, ListKey
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.paging import DEFAULT_LIMIT, Continuation, Limit, decode_continuation, split_page

router = APIRouter()
Lister = Annotated[Principal, Depends(Permission("list_sources"))]
KeyLister = Annotated[Principal, Depends(Permission("list_keys"))]


class SourcePage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the sources, oldest first."""

    sources: tuple[ListedSource, ...]
    continuation: str | None = None
    """Gives the next page; `None` on the last one."""


class KeyPage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of the keys, in the order of their sources."""

    keys: tuple[ListedKey, ...]
    continuation: str | None = None
    """Gives the next page; `None` on the last one."""


@router.get("/v1/sources", **describe("List the sources", caller="operator", answers={200: SourcePage}))
async def show_sources(
    request: Request, operator: Lister, limit: Limit = DEFAULT_LIMIT, continuation: Continuation = None
) -> Response:
    """The applications that may call: all of them for an operator of the platform, otherwise one's own
    establishment's."""
    dependencies = DEPENDENCIES.of(request)
    found = await list_sources(dependencies, operator=operator, after=_after(continuation), limit=limit + 1)
    page, following = split_page(found, limit, _place_of_source)
    return responses.json(200, SourcePage(sources=page, continuation=following))


@router.get("/v1/keys", **describe("List the keys", caller="operator", answers={200: KeyPage}))
async def show_keys(
    request: Request, operator: KeyLister, limit: Limit = DEFAULT_LIMIT, continuation: Continuation = None
) -> Response:
    """The keys by id, revoked ones included, never a key itself or its hash: all of them for an operator of
    the platform, otherwise one's own establishment's."""
    dependencies = DEPENDENCIES.of(request)
    found = await list_keys(dependencies, operator=operator, after=_after(continuation), limit=limit + 1)
    page, following = split_page(found, limit, _place_of_key)
    return responses.json(200, KeyPage(keys=page, continuation=following))


def _after(continuation: str | None) -> ListKey:
    return FIRST if continuation is None else decode_continuation(continuation, ListKey)


def _place_of_source(source: ListedSource) -> ListKey:
    return source.created_at, source.source_id


def _place_of_key(key: ListedKey) -> ListKey:
    return key.source_created_at, key.key_id
