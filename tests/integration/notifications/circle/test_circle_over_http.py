"""The circle over HTTP: what is enrolled is read back, by nobody else."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.notifications.wiring import SERVICE
from shared.security.principal import Principal
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory, minutes
from shared.web.app import create_app
from tests.integration.notifications.delivery.simulated_providers import without_lifespan
from tests.integration.notifications.engine import Engine

pytestmark = pytest.mark.services

CARER: dict[str, Any] = {
    "alias": "Françoise",
    "channels": [
        {"medium": "sms", "address": "06 39 98 00 01", "order": 2},
        {"medium": "email", "address": "Proche@Exemple.fr", "order": 1},
    ],
    "night": True,
    "discretion": 1,
    "consent": {"given_at": "2026-01-01T10:00:00+01:00", "proof": {"kind": "written", "reference": "C-1"}},
}


class _ByEstablishment:
    """`Bearer 750000002` is a caller of that establishment with every scope; `+` names further sites."""

    async def authenticate(self, authorization_header: str | None) -> Principal:
        finess, *sites = (authorization_header or "").removeprefix("Bearer ").split("+")
        return Principal(
            source_id=UUID(int=1),
            establishment=finess,
            scopes=frozenset({"circle", "read", "intake"}),
            sites=frozenset(sites),
        )


@pytest.fixture
async def client(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(title="notifications", lifespan=without_lifespan, routers=SERVICE.serves)
    app.state.dependencies, app.state.authenticator = engine.dependencies, _ByEstablishment()
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://relais.test") as opened:
        opened.headers["Authorization"] = f"Bearer {HOSPITAL}"
        yield opened


@pytest.fixture
async def rose(engine: Engine) -> PersonHistory:
    history = PersonHistory("Rose")
    await engine.state(history.admit("stay", at=minutes(0), establishment=HOSPITAL))
    return history


async def test_a_carer_is_kept_changed_and_revoked(client: httpx.AsyncClient, rose: PersonHistory) -> None:
    url = f"/v1/persons/{rose.person_id}/circle/carers/daughter"
    created = await client.put(url, json=CARER)
    again = await client.put(url, json=CARER)
    assert (created.status_code, again.status_code) == (201, 200)
    assert created.json() == again.json() == (await client.get(url)).json()
    shown = created.json()
    assert (shown["alias"], shown["night"], shown["discretion"]) == ("Françoise", True, 1)
    assert [(channel["medium"], channel["address"]) for channel in shown["channels"]] == [
        ("email", "Proche@exemple.fr"),
        ("sms", "+33639980001"),
    ]
    assert shown["consent"]["proof"] == CARER["consent"]["proof"]
    assert datetime.fromisoformat(shown["consent"]["given_at"]) == datetime(2026, 1, 1, 9, tzinfo=UTC)
    changed = {**CARER, "alias": "Maman", "channels": CARER["channels"][:1]}
    assert (await client.put(url, json=changed)).json()["alias"] == "Maman"
    assert [channel["medium"] for channel in (await client.get(url)).json()["channels"]] == ["sms"]
    assert (await client.delete(url)).status_code == 204
    assert (await client.get(url)).status_code == 404
    assert (await client.delete(url)).status_code == 404


async def test_a_key_of_several_sites_keeps_the_circle_of_a_person_of_one(
    client: httpx.AsyncClient, rose: PersonHistory
) -> None:
    url = f"/v1/persons/{rose.person_id}/circle/carers/daughter"
    sisters = {"Authorization": f"Bearer {NURSING_HOME}+{HOSPITAL}"}
    assert (await client.put(url, json=CARER, headers=sisters)).status_code == 201
    assert (await client.get(url, headers=sisters)).status_code == 200


async def test_a_desk_is_kept_and_revoked(client: httpx.AsyncClient, rose: PersonHistory) -> None:
    url = f"/v1/persons/{rose.person_id}/circle/professionals/{NURSING_HOME}"
    assert (await client.put(url, json={"email": "accueil@ehpad.exemple.fr"})).status_code == 201
    shown = (await client.get(url)).json()
    assert (shown["establishment"], shown["email"], shown["basis"]) == (
        NURSING_HOME,
        "accueil@ehpad.exemple.fr",
        "team",
    )
    assert (await client.delete(url)).status_code == 204
    assert (await client.get(url)).status_code == 404


async def test_an_establishment_without_a_stay_cannot_tell_a_stranger_from_nobody(
    client: httpx.AsyncClient, rose: PersonHistory
) -> None:
    name = "circle/carers/daughter"
    assert (await client.put(f"/v1/persons/{rose.person_id}/{name}", json=CARER)).status_code == 201
    stranger = {"Authorization": f"Bearer {NURSING_HOME}"}
    answers = []
    for person_id in (rose.person_id, uuid4()):
        url = f"/v1/persons/{person_id}"
        answers += [
            await client.put(f"{url}/{name}", json=CARER, headers=stranger),
            await client.get(f"{url}/{name}", headers=stranger),
            await client.delete(f"{url}/{name}", headers=stranger),
            await client.put(
                f"{url}/circle/professionals/{NURSING_HOME}", json={"email": "a@b.fr"}, headers=stranger
            ),
            await client.get(f"{url}/obligations", headers=stranger),
        ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert (await client.get(f"/v1/persons/{rose.person_id}/{name}")).json()["alias"] == "Françoise"


async def test_what_is_shown_of_obligations_holds_no_contact_and_no_alias(
    client: httpx.AsyncClient, rose: PersonHistory, engine: Engine
) -> None:
    await client.put(f"/v1/persons/{rose.person_id}/circle/carers/daughter", json=CARER)
    await engine.turn()
    answer = await client.get(f"/v1/persons/{rose.person_id}/obligations")
    (obligation,) = answer.json()["obligations"]
    assert (obligation["kind"], obligation["role"]) == ("admission.occurred", "carer")
    assert [attempt["channel"] for attempt in obligation["attempts"]] == ["email"]
    assert not any(secret in answer.text for secret in ("Fran", "+33", "@", "C-1"))
    outcome = (await client.get(f"/v1/events/{obligation['event_id']}/outcome")).json()
    assert outcome == {"state": "applied", "obligations": {"informed": 1}}
    stranger = {"Authorization": f"Bearer {NURSING_HOME}"}
    theirs = await client.get(f"/v1/events/{obligation['event_id']}/outcome", headers=stranger)
    assert theirs.json() == {"state": "pending", "obligations": {}}


@pytest.mark.parametrize("limit", [1, 2, 50])
async def test_the_whole_circle_is_listed_in_the_order_of_joining(
    client: httpx.AsyncClient, rose: PersonHistory, limit: int
) -> None:
    url = f"/v1/persons/{rose.person_id}/circle"
    for name in ("daughter", "son", "neighbour"):
        await client.put(f"{url}/carers/{name}", json={**CARER, "alias": name.title()})
    await client.put(f"{url}/professionals/{NURSING_HOME}", json={"email": "accueil@ehpad.exemple.fr"})
    await client.delete(f"{url}/carers/son")
    carers, professionals = [], []
    asked: dict[str, str | int] = {"limit": limit}
    while True:
        answer = await client.get(url, params=asked)
        assert answer.headers["cache-control"] == "no-store"
        page = answer.json()
        assert len(page["carers"]) + len(page["professionals"]) <= limit
        carers += page["carers"]
        professionals += page["professionals"]
        if "continuation" not in page:
            break
        asked["continuation"] = page["continuation"]
    assert {carer["alias"] for carer in carers} == {"Daughter", "Neighbour"}
    daughter = (await client.get(f"{url}/carers/daughter")).json()
    [listed] = [carer for carer in carers if carer["alias"] == "Daughter"]
    assert listed == daughter | {"carer_id": listed["carer_id"]}
    assert (await client.get(f"{url}/carers/{listed['carer_id']}")).json() == listed
    assert [professional["establishment"] for professional in professionals] == [NURSING_HOME]


async def test_a_circle_of_nobody_is_empty_and_a_strangers_is_not_found(
    client: httpx.AsyncClient, rose: PersonHistory
) -> None:
    url = f"/v1/persons/{rose.person_id}/circle"
    empty = await client.get(url)
    assert empty.json() == {
        "person_id": str(rose.person_id),
        "number_of_carers": 0,
        "number_of_professionals": 0,
        "carers": [],
        "professionals": [],
    }
    await client.put(f"{url}/carers/daughter", json=CARER)
    stranger = {"Authorization": f"Bearer {NURSING_HOME}"}
    theirs = await client.get(url, headers=stranger)
    nobodys = await client.get(f"/v1/persons/{uuid4()}/circle", headers=stranger)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
