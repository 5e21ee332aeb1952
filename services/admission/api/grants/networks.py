"""Serves `/v1/networks`: operators state which establishments of one controller show each other all."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from msgspec import Meta, Struct
from starlette.responses import Response

from services.admission.api import DEPENDENCIES
from services.admission.api.grants import examples
from services.admission.api.grants.granted import refused_without_signer
from services.admission.domain.movement import Finess, Label
from services.admission.handlers.grants.networks import StatedNetwork, state_network
from services.admission.storage.networks import ListedNetwork, Network, networks
from shared.events.envelope import Moment
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.decoding import decode, uuid_in_path
from shared.web.problems import FieldError, Problem

router = APIRouter()
Operator = Annotated[Principal, Depends(Permission("state_network"))]
Lister = Annotated[Principal, Depends(Permission("list_networks"))]


class StateNetwork(Struct, frozen=True, kw_only=True):
    """Establishments that see what the others state, of every person, for a purpose."""

    name: Label
    controller: Finess
    """The legal entity that answers for it."""
    purpose: Label
    establishments: Annotated[tuple[Finess, ...], Meta(min_length=2, max_length=1000)]
    shown: Annotated[tuple[Finess, ...], Meta(max_length=1000)] = ()
    """Whose statements they see; none named: those of all of them."""
    begins_at: Moment | None = None
    """Without it, now."""
    ends_at: Moment | None = None


class Networks(Struct, frozen=True, kw_only=True):
    """Every network that was stated."""

    networks: tuple[ListedNetwork, ...]


@router.get("/v1/networks", **describe("List the networks", caller="operator", answers={200: Networks}))
async def list_networks(request: Request, operator: Lister) -> Response:  # noqa: ARG001
    """All networks, those that ended included."""
    found = await networks(DEPENDENCIES.of(request).pool)
    return responses.json(200, Networks(networks=tuple(found)))


@router.put(
    "/v1/networks/{network_id}",
    **describe(
        "State a network",
        caller="operator",
        answers={204: None},
        request=StateNetwork,
        examples=examples.NETWORKS,
        problems=[404, 409],
    ),
)
async def put_network(network_id: str, request: Request, operator: Operator) -> Response:
    """State it under an id of one's choice (a UUID), or state it differently; `DELETE /v1/grants/{id}` ends
    it."""
    dependencies, named = DEPENDENCIES.of(request), uuid_in_path(network_id)
    wanted = decode(await request.body(), StateNetwork)
    begins_at = wanted.begins_at or dependencies.clock()
    if wanted.ends_at is not None and wanted.ends_at <= begins_at:
        error = FieldError("/ends_at", "must be after the beginning")
        raise Problem(422, "The body does not fit", errors=[error])
    network = Network(
        name=wanted.name,
        controller=wanted.controller,
        purpose=wanted.purpose,
        establishments=tuple(sorted(set(wanted.establishments))),
        shown=tuple(sorted(set(wanted.shown))),
    )
    stated = StatedNetwork(network=network, begins_at=begins_at, ends_at=wanted.ends_at)
    with refused_without_signer():
        is_network = await state_network(dependencies, named, stated, operator=operator)
    if not is_network:
        raise Problem(409, "This is the id of a grant about a person")
    return Response(status_code=204)
