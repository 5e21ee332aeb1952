"""A command reaches the platform that is meant, and says in one sentence when it does not."""

from pathlib import Path

import pytest

from deploy.local.errors import StackError
from deploy.local.ports import free_port
from deploy.operator.platform import open_platform
from tests.unit.operator.stand_in import stand_in

PERSON = "0199d7a2-0000-7000-8000-000000000001"


@pytest.fixture(autouse=True)
def _no_stack_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_STATE_FOLDER", str(tmp_path))


def test_it_speaks_to_the_named_service_with_the_operators_key() -> None:
    with stand_in(lambda *_: (200, {"accesses": []})) as pathway:
        platform = open_platform({"RELAIS_PATHWAY_URL": f"{pathway.url}/", "RELAIS_OPERATOR_KEY": "key"})
        assert platform.get("pathway", f"/v1/persons/{PERSON}/accesses", {"limit": 5}) == {"accesses": []}
    assert pathway.asked == [("GET", f"/v1/persons/{PERSON}/accesses?limit=5", "Bearer key")]
    assert "key=" not in repr(platform)


def test_operations_are_asked_on_a_port_of_their_own() -> None:
    with stand_in(lambda *_: (200, {})) as api, stand_in(lambda *_: (200, {})) as operations:
        urls = {"RELAIS_PATHWAY_URL": api.url, "RELAIS_PATHWAY_OPERATIONS_URL": operations.url}
        platform = open_platform({**urls, "RELAIS_OPERATOR_KEY": "key"})
        for path in ("/v1/parked", "/v1/operations?unapplied=true", "/v1/reconciliation", "/v1/stays"):
            platform.get("pathway", path)
    assert [path for _, path, _ in api.asked] == ["/v1/stays"]
    assert [path for _, path, _ in operations.asked] == [
        "/v1/parked",
        "/v1/operations?unapplied=true",
        "/v1/reconciliation",
    ]


def test_an_answer_without_a_body_is_none() -> None:
    with stand_in(lambda *_: (204, None)) as pathway:
        platform = open_platform({"RELAIS_PATHWAY_URL": pathway.url, "RELAIS_OPERATOR_KEY": "key"})
        assert platform.post("pathway", "/v1/x", {"because": "a deploy"}) is None


def test_a_refusal_says_what_the_problem_says() -> None:
    problem = {
        "title": "Wrong",
        "detail": "at all",
        "errors": [{"pointer": "/because", "detail": "required"}],
    }
    with stand_in(lambda *_: (422, problem)) as pathway:
        platform = open_platform({"RELAIS_PATHWAY_URL": pathway.url, "RELAIS_OPERATOR_KEY": "key"})
        with pytest.raises(StackError, match=r"answered 422 to POST /v1/x: Wrong: at all: /because required"):
            platform.post("pathway", "/v1/x")


def test_who_is_not_there_is_named() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    platform = open_platform({"RELAIS_PATHWAY_URL": url, "RELAIS_OPERATOR_KEY": "key"})
    with pytest.raises(StackError, match="pathway does not answer at http"):
        platform.get("pathway", "/v1/x")
    with pytest.raises(StackError, match="Set RELAIS_ADMISSION_URL"):
        platform.get("admission", "/v1/x")
    with pytest.raises(StackError, match="Set RELAIS_PATHWAY_OPERATIONS_URL"):
        platform.get("pathway", "/v1/parked")


def test_without_a_key_nothing_is_asked() -> None:
    with pytest.raises(StackError, match="set RELAIS_OPERATOR_KEY"):
        open_platform({})
