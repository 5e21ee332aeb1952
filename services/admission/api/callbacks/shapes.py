"""Defines how a callback is said and shown, and how its source is found."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Request
from msgspec import Meta, Struct

from services.admission.api import DEPENDENCIES
from services.admission.handlers.callbacks.register import Shown
from services.admission.handlers.own_sources import is_own_source
from services.admission.storage.callbacks.endpoints import State, Why
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web.decoding import uuid_in_path
from shared.web.problems import Problem

PATH: Final = "/v1/sources/{source_id}/callback"

Reader = Annotated[Principal, Depends(Permission("read_callback"))]
Writer = Annotated[Principal, Depends(Permission("change_callback"))]


class RegisterCallback(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the source is to be told: `https`, port 443 or 8443, at an address that is public."""

    url: Annotated[str, Meta(min_length=1, max_length=1400)]


class Callback(Struct, frozen=True, kw_only=True):
    """Where the source is told, and how that goes."""

    url: str
    state: State
    """`suspended`: nothing is sent any more, see `why`; `PUT` it again or resume it."""
    state_since: datetime
    why: Why | None
    """`gone`: the endpoint answered 410; `failing`: it took nothing for three days."""
    failing_since: datetime | None
    delivered_at: datetime | None
    """When it took a callback last."""
    waiting: int
    """How many callbacks are still to be taken."""
    given_up: int
    """How many of the last 30 days were not taken in three days of tries."""
    former_secret_until: datetime | None
    """Until when a secret that was rotated signs as well."""


class CallbackSecret(Struct, frozen=True, kw_only=True):
    """The secret that signs, which is shown now and never again."""

    secret: str


def shown(found: Shown) -> Callback:
    """As callers see it: never a secret."""
    one = found.endpoint
    return Callback(
        url=one.url,
        state=one.state,
        state_since=one.state_since,
        why=one.why,
        failing_since=one.failing_since,
        delivered_at=one.delivered_at,
        waiting=found.waiting,
        given_up=found.given_up,
        former_secret_until=one.former_until,
    )


async def own_source(source_id: str, request: Request, caller: Principal) -> UUID:
    """The id of one of the caller's own sources; raises `Problem` 404 for any other."""
    found = uuid_in_path(source_id)
    if not await is_own_source(DEPENDENCIES.of(request), found, by=caller):
        raise Problem(404)
    return found
