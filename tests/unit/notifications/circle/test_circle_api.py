"""The responses of the circle over HTTP."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.notifications.api import carers, professionals
from services.notifications.domain.circle.members import Carer, Consent, Contact, Preferences, Professional
from services.notifications.handlers.circle.members import CarerView, ProfessionalView
from tests.unit.notifications.api import NOW, Calls, calling

PERSON = UUID(int=7)
CARER = f"/v1/persons/{PERSON}/circle/carers/daughter-1"
DESK = f"/v1/persons/{PERSON}/circle/professionals/940000045"
KEY = {"Authorization": "Bearer circle"}
CONSENT = Consent(given_at=NOW - timedelta(days=1), proof_kind="written", proof_reference="C-1")
BODY = {
    "alias": "Mamie",
    "channels": [
        {"medium": "email", "address": "proche@exemple.fr"},
        {"medium": "sms", "address": "0639980001"},
    ],
    "consent": {"given_at": CONSENT.given_at.isoformat(), "proof": {"kind": "written", "reference": "C-1"}},
}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with calling() as ready:
        yield ready


def _carer_view(*, created: bool) -> CarerView:
    contacts = (
        Contact(channel="sms", value="+33639980001", state="bad"),
        Contact(channel="email", value="proche@exemple.fr"),
    )
    carer = Carer(
        alias="Mamie",
        consent=CONSENT,
        contacts=contacts,
        preferences=Preferences(channels=("email", "sms")),
    )
    return CarerView(
        carer_id=uuid4(),
        member_id=uuid4(),
        joined_at=NOW,
        declared_by="750000002",
        carer=carer,
        created=created,
    )


@pytest.mark.parametrize(("created", "status"), [(True, 201), (False, 200)])
async def test_a_carer_is_created_once_and_then_replaced(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, created: bool, status: int
) -> None:
    put = Calls(_carer_view(created=created))
    monkeypatch.setattr(carers, "put_carer", put)
    answer = await client.put(CARER, json=BODY, headers=KEY)
    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"
    shown = answer.json()
    assert (shown["carer_id"], shown["alias"]) == ("daughter-1", "Mamie")
    assert shown["channels"] == [
        {"medium": "email", "address": "proche@exemple.fr", "order": 1, "state": "ok"},
        {"medium": "sms", "address": "+33639980001", "order": 2, "state": "bad"},
    ]
    assert shown["consent"]["proof"] == {"kind": "written", "reference": "C-1"}


async def test_the_name_that_the_caller_chose_is_one_carer_of_that_person_only(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = Calls(_carer_view(created=False))
    monkeypatch.setattr(carers, "get_carer", get)
    chosen = uuid4()
    for path in (
        CARER,
        CARER,
        CARER.replace(str(PERSON), str(uuid4())),
        CARER.replace("daughter-1", str(chosen)),
    ):
        assert (await client.get(path, headers=KEY)).status_code == 200
    ids: list[UUID] = [given["carer_id"] for given in get.given]
    assert ids[0] == ids[1] != ids[2]
    assert ids[3] == chosen


async def test_what_is_not_the_callers_is_the_same_404_as_what_does_not_exist(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("put_carer", "get_carer"):
        monkeypatch.setattr(carers, name, Calls(None))
    monkeypatch.setattr(carers, "delete_carer", Calls(False))
    monkeypatch.setattr(professionals, "put_professional", Calls(None))
    answers = [
        await client.put(CARER, json=BODY, headers=KEY),
        await client.get(CARER, headers=KEY),
        await client.delete(CARER, headers=KEY),
        await client.put(DESK, json={"email": "a@b.fr"}, headers=KEY),
        await client.get(CARER.replace(str(PERSON), "nobody"), headers=KEY),
        await client.get(CARER.replace("daughter-1", "a b"), headers=KEY),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


async def test_revoking_a_carer_answers_nothing(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carers, "delete_carer", Calls(True))
    answer = await client.delete(CARER, headers=KEY)
    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_bad_body_lists_every_problem_and_reaches_no_use_case(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Calls(None)
    monkeypatch.setattr(carers, "put_carer", put)
    bad: dict[str, Any] = {
        **BODY,
        "alias": "http://x",
        "discretion": 9,
        "channels": [{"medium": "sms", "address": "1"}],
    }
    answer = await client.put(CARER, json=bad, headers=KEY)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {error["pointer"] for error in answer.json()["errors"]} >= {"/alias", "/discretion"}
    assert put.given == []


async def test_a_desk_is_enrolled_under_its_finess_number(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    professional = Professional(
        basis="team", contacts=(Contact(channel="email", value="accueil@ehpad.exemple.fr"),)
    )
    view = ProfessionalView(
        establishment="940000045",
        member_id=uuid4(),
        joined_at=NOW,
        declared_by="750000002",
        professional=professional,
        created=True,
    )
    put = Calls(view)
    monkeypatch.setattr(professionals, "put_professional", put)
    answer = await client.put(DESK, json={"email": "accueil@EHPAD.exemple.fr"}, headers=KEY)
    assert answer.status_code == 201
    assert answer.json()["establishment"] == "940000045"
    assert "consent" not in answer.json()
    assert put.given[0]["establishment"] == "940000045"
    assert put.given[0]["professional"] == professional


@pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
@pytest.mark.parametrize("path", [CARER, DESK], ids=["carer", "engine"])
async def test_the_circle_needs_its_own_scope(client: httpx.AsyncClient, method: str, path: str) -> None:
    assert (await client.request(method, path)).status_code == 401
    refused = await client.request(method, path, headers={"Authorization": "Bearer read"})
    assert refused.status_code == 403
