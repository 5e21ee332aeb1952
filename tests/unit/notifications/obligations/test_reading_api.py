"""Obligations, outcomes, delivery reports and the carer page over HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from msgspec.structs import replace

from services.notifications.api import carer_page, delivery_reports, obligations
from services.notifications.channels.sms import report_tokens_of
from services.notifications.handlers.delivery.carer_page import PageView
from services.notifications.handlers.obligations.event_outcome import EventOutcome
from services.notifications.handlers.obligations.list_obligations import AttemptView, ObligationView
from shared.spine.inbox.outcome import Applied
from shared.spine.service import outcome
from shared.spine.service.outcome import outcome_router
from tests.unit.notifications.api import NOW, VAULT, Calls, calling

PERSON = UUID(int=7)
ATTEMPT = UUID(int=8)
TOKEN = report_tokens_of(VAULT).token(ATTEMPT)
REPORTS = "/v1/delivery-reports/sms"
REPORT = {
    "attempt": str(ATTEMPT),
    "token": TOKEN,
    "type": "1",
    "provider_id": "abc-1",
    "answer": "stat:DELIVRD err:000",
}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with calling() as ready:
        yield ready


def _page(
    kind: str, *, alias: str | None = "Mamie", still_true: bool = True, reference: UUID | None = None
) -> PageView:
    return PageView(
        kind=kind,
        alias=alias,
        read_at=NOW,
        occurred_at=NOW,
        still_true=still_true,
        phone="05 36 49 00 00",
        reference=reference,
    )


async def test_obligations_are_listed_with_their_attempts(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = AttemptView(channel="sms", status="delivered", claimed_at=NOW)
    view = ObligationView(
        obligation_id=uuid4(), event_id=uuid4(), member_id=uuid4(), role="carer", kind="admission.occurred",
        status="delivered", fact_occurred_at=NOW, deadline=NOW + timedelta(minutes=30), attempts=(attempt,),
    )  # fmt: skip
    listing = Calls([view])
    monkeypatch.setattr(obligations, "read_obligations", listing)
    answer = await client.get(
        f"/v1/persons/{PERSON}/obligations?limit=7", headers={"Authorization": "Bearer read"}
    )
    assert answer.status_code == 200
    assert answer.json()["obligations"][0]["attempts"][0]["status"] == "delivered"
    assert (listing.given[0]["person_id"], listing.given[0]["limit"]) == (PERSON, 7)


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "1" * 5000, "٣"])
async def test_a_limit_out_of_range_is_refused(client: httpx.AsyncClient, limit: str) -> None:
    answer = await client.get(
        f"/v1/persons/{PERSON}/obligations", params={"limit": limit}, headers={"Authorization": "Bearer read"}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/limit"


async def _applied(*_: object) -> Applied:
    return Applied("applied")


async def _pending(*_: object) -> Applied:
    return Applied("pending")


async def _asked_for_outcome(stated_by: str, *, scope: str, event_id: object) -> httpx.Response:
    shown = EventOutcome(state="applied", obligations={"informed": 2})

    async def of_applied(_dependencies: object, _event_id: UUID) -> tuple[str, EventOutcome]:
        return stated_by, shown

    async with calling(routers=[outcome_router(EventOutcome, of_applied)]) as client:
        headers = {"Authorization": f"Bearer {scope}"}
        return await client.get(f"/v1/events/{event_id}/outcome", headers=headers)


@pytest.mark.parametrize("scope", ["intake", "read"])
async def test_an_outcome_is_counts_for_whoever_sends_or_reads(
    monkeypatch: pytest.MonkeyPatch, scope: str
) -> None:
    monkeypatch.setattr(outcome, "applied_state", _applied)
    answer = await _asked_for_outcome("750000002", scope=scope, event_id=uuid4())
    assert answer.json() == {"state": "applied", "obligations": {"informed": 2}}


async def test_an_event_of_someone_else_looks_like_one_that_nobody_has_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outcome, "applied_state", _applied)
    theirs = await _asked_for_outcome("750000099", scope="read", event_id=uuid4())
    monkeypatch.setattr(outcome, "applied_state", _pending)
    unseen = await _asked_for_outcome("750000002", scope="read", event_id=uuid4())
    assert (theirs.status_code, theirs.content) == (unseen.status_code, unseen.content)
    assert theirs.json()["state"] == "pending"
    assert (await _asked_for_outcome("750000002", scope="read", event_id="nothing")).status_code == 422


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("kannel", "state"),
    [("1", "delivered"), ("2", "undelivered"), ("4", "buffered"), ("8", "sent"), ("16", "rejected")],
)
async def test_every_well_formed_report_is_kept_and_answered_200(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, kannel: str, state: str, known: bool
) -> None:
    record = Calls(known)
    monkeypatch.setattr(delivery_reports, "record_delivery_report", record)
    assert (await client.get(REPORTS, params={**REPORT, "type": kannel})).status_code == 200
    assert (await client.post(REPORTS, params={**REPORT, "type": kannel})).status_code == 200
    form = {name: value for name, value in REPORT.items() if name not in {"attempt", "token"}}
    url = {name: REPORT[name] for name in ("attempt", "token")}
    assert (await client.post(REPORTS, params=url, data={**form, "type": kannel})).status_code == 200
    assert (await client.post(REPORTS, data={**REPORT, "type": kannel})).status_code == 404
    expected = {
        "attempt_id": ATTEMPT,
        "provider_id": "abc-1",
        "state": state,
        "detail": "stat:DELIVRD err:000",
    }
    assert record.given == [expected] * 3


async def test_the_networks_text_is_reduced_to_its_codes(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Calls(True)
    monkeypatch.setattr(delivery_reports, "record_delivery_report", record)
    answers = ["id:1 stat:UNDELIV err:001 text:Parcours Mamie", "NACK/11/Invalid +33639980001", "Mamie", ""]
    for answer in answers:
        await client.get(REPORTS, params={**REPORT, "answer": answer})
    assert [given["detail"] for given in record.given] == ["stat:UNDELIV err:001", "NACK/11", None, None]


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"token": "0" * 32}, 404),
        ({"token": ""}, 404),
        ({"attempt": str(UUID(int=9))}, 404),
        ({"attempt": "x"}, 404),
        ({"type": "32"}, 422),
        ({"type": ""}, 422),
    ],
)
async def test_a_report_without_the_right_token_or_a_known_type_is_not_kept(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], status: int
) -> None:
    record = Calls(True)
    monkeypatch.setattr(delivery_reports, "record_delivery_report", record)
    assert (await client.get(REPORTS, params={**REPORT, **wrong})).status_code == status
    assert record.given == []


async def test_the_page_says_the_fact_in_both_languages_and_needs_nothing(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carer_page, "read_carer_page", Calls(_page("admission.occurred")))
    answer = await client.get("/s/Ab3dE9xKzzz")
    assert answer.status_code == 200
    assert "Mamie est en établissement depuis le lundi 23 novembre à 14h05." in answer.text
    assert "Mamie has been in a care establishment since Monday 23 November at 14:05." in answer.text
    assert answer.text.index('lang="fr">') < answer.text.index('lang="en">')
    assert 'href="tel:0536490000"' in answer.text
    assert len(answer.content) < 50_000
    assert "<script" not in answer.text
    assert "http" not in answer.text
    headers = answer.headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("page", "said", "struck"),
    [
        (_page("admission.occurred"), "Une question", False),
        (_page("admission.occurred.corrected"), "Changement.", False),
        (_page("admission.occurred", still_true=False), "plus à jour", True),
        (_page("admission.occurred.retracted"), "Erreur de notre part.", True),
    ],
    ids=["plain", "corrected", "outdated", "retracted"],
)
async def test_the_page_says_whether_the_fact_still_holds(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, page: PageView, said: str, struck: bool
) -> None:
    monkeypatch.setattr(carer_page, "read_carer_page", Calls(page))
    text = (await client.get("/s/Ab3dE9xKzzz")).text
    assert said in text
    assert ("<del>" in text) is struck


async def test_the_page_says_when_it_was_said_and_what_is_true_now(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_at = datetime(2026, 11, 23, 15, 10, tzinfo=UTC)
    page = replace(_page("admission.occurred", still_true=False), told_at=told_at, present=False)
    monkeypatch.setattr(carer_page, "read_carer_page", Calls(page))
    text = (await client.get("/s/Ab3dE9xKzzz")).text
    assert "Notre message du lundi 23 novembre à 15h10" in text
    assert "<strong>Mamie n&#39;est pas en établissement.</strong>" in text
    assert "<strong>Mamie is not in a care establishment.</strong>" in text


async def test_the_page_of_a_professional_gives_the_reference_and_no_name(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        carer_page, "read_carer_page", Calls(_page("transfer.overdue", alias=None, reference=PERSON))
    )
    text = (await client.get("/s/Ab3dE9xKzzz")).text
    assert str(PERSON) in text
    assert "Merci de vérifier" in text


async def test_a_link_that_leads_nowhere_gets_a_polite_page(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carer_page, "read_carer_page", Calls(None))
    answer = await client.get("/s/none")
    assert answer.status_code == 404
    assert "plus disponible." in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_an_alias_never_becomes_markup(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carer_page, "read_carer_page", Calls(_page("admission.occurred", alias="<i>x")))
    assert "<i>" not in (await client.get("/s/Ab3dE9xKzzz")).text
