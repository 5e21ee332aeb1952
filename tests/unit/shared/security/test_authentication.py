from typing import Annotated
from uuid import UUID

import httpx
import pytest
from fastapi import Depends, FastAPI
from starlette.responses import Response

from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web.middleware.errors import answer_with_problems

NURSE = Principal(source_id=UUID(int=1), establishment="010000024", scopes=frozenset({"read"}))


class OneCaller:
    """Knows one key."""

    async def authenticate(self, authorization_header: str | None) -> Principal | None:
        return NURSE if authorization_header == "Bearer nurse" else None


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = FastAPI()
    answer_with_problems(app)
    app.state.authenticator = OneCaller()

    @app.get("/read")
    async def read(caller: Annotated[Principal, Depends(Permission("find_receipt"))]) -> Response:
        return Response(str(caller.source_id))

    @app.get("/operate", dependencies=[Depends(Permission("list_parked"))])
    async def operate() -> Response:
        return Response()

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_a_caller_with_one_of_the_scopes_passes(client: httpx.AsyncClient) -> None:
    response = await client.get("/read", headers={"authorization": "Bearer nurse"})
    assert (response.status_code, response.text) == (200, str(NURSE.source_id))


async def test_a_missing_and_an_unknown_key_get_the_same_answer(client: httpx.AsyncClient) -> None:
    missing = await client.get("/read")
    unknown = await client.get("/read", headers={"authorization": "Bearer other"})
    assert missing.status_code == unknown.status_code == 401
    assert missing.content == unknown.content
    assert missing.json() == {"type": "about:blank", "title": "Unauthorized", "status": 401}
    assert unknown.headers["www-authenticate"] == "Bearer"


async def test_a_caller_without_the_scope_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.get("/operate", headers={"authorization": "Bearer nurse"})
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("establishment", "scopes", "sees"),
    [
        ("010000024", {"read"}, True),
        ("690000013", {"read"}, False),
        ("690000013", {"operator"}, False),
        (None, {"operator"}, True),
        (None, {"read"}, False),
    ],
)
def test_data_is_seen_by_its_establishment_and_by_operators_of_the_platform(
    establishment: str | None, scopes: set[str], sees: bool
) -> None:
    principal = Principal(source_id=UUID(int=1), establishment=establishment, scopes=frozenset(scopes))  # type: ignore[arg-type]
    assert principal.may_see("010000024") is sees


def test_a_key_of_several_sites_may_state_and_see_all_of_them() -> None:
    sites = frozenset({"690000013"})
    principal = Principal(source_id=UUID(int=1), establishment="010000024", scopes=frozenset(), sites=sites)
    for own in ("010000024", "690000013"):
        assert principal.may_see(own)
        assert principal.may_state(own)
    assert not principal.may_see("750000002")
    assert not principal.may_state("750000002")
    assert principal.establishments == ["010000024", "690000013"]
