"""`relais parked` asks for what was meant, and goes on share by share until it should stop."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from tests.unit.operator.stand_in import Answer, StandIn, addresses, stand_in

runner = CliRunner()
EVENT = {
    "parked_id": 7,
    "state": "parked",
    "reason": "the payload does not fit its type",
    "type": None,
    "establishment": "750000002",
    "parked_at": "2026-03-01T12:00:00Z",
    "topic": "relais.admission",
    "partition": 3,
    "offset": 99,
}


@pytest.fixture(autouse=True)
def _no_stack_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_STATE_FOLDER", str(tmp_path))


def ask(answer: Answer, *command: str) -> tuple[Any, StandIn]:
    with stand_in(answer) as service:
        environment = addresses(service.url)
        return runner.invoke(app, command, env={**environment, "RELAIS_OPERATOR_KEY": "key"}), service


def test_the_list_is_a_table_or_a_document() -> None:
    page = {"parked": [EVENT], "total": 5, "next": 7}
    shown, asked = ask(lambda *_: (200, page), "parked", "list", "pathway", "--reason", "x", "--limit", "1")
    assert shown.exit_code == 0
    assert "In all: pathway 5" in shown.stdout
    assert shown.stdout.splitlines()[:4] == [
        "pathway 7  parked, 2026-03-01 12:00:00 UTC of establishment 750000002",
        "  the payload does not fit its type",
        "  unknown type",
        "  at relais.admission/3/99",
    ]
    assert "--after 7" in shown.stdout
    assert [path for _, path, _ in asked.asked] == ["/v1/parked?state=parked&reason=x&limit=1&after=0"]
    document, asked = ask(lambda *_: (200, page), "parked", "list", "--json")
    assert json.loads(document.stdout) == dict.fromkeys(("pathway", "notifications", "indicators"), page)
    assert len(asked.asked) == 3


def test_that_nothing_is_parked_is_said() -> None:
    shown, _ = ask(lambda *_: (200, {"parked": [], "total": 0, "next": None}), "parked", "list")
    assert shown.stdout == "None: pathway 0, notifications 0, indicators 0\n"


def test_nothing_is_revealed_unless_asked_for() -> None:
    event = {"event": EVENT, "waits_for": None, "waiting_behind": 2, "content": None}
    shown, asked = ask(lambda *_: (200, event), "parked", "show", "pathway", "7")
    assert "waiting behind it: 2" in shown.stdout
    assert asked.asked[0][1] == "/v1/parked/7?reveal=false"
    revealed = {**event, "content": {"subject": "s", "headers": {}, "key": "", "value": "{}"}}
    shown, asked = ask(lambda *_: (200, revealed), "parked", "show", "pathway", "7", "--reveal")
    assert "value: {}" in shown.stdout
    assert asked.asked[0][1] == "/v1/parked/7?reveal=true"


def test_all_that_are_wanted_are_retried_chunk_by_chunk() -> None:
    bodies: list[Any] = []

    def answer(_method: str, _path: str, body: Any) -> tuple[int, Any]:
        bodies.append(body)
        share = {"applied": 3, "still_parked": [{"parked_id": len(bodies), "reason": "still wrong"}]}
        return 200, {**share, "stopped": len(bodies) == 3, "next": "12+"}

    command = ("parked", "retry", "pathway", "--all", "--by", "Ada", "--rate", "5", "--stop-after", "3")
    done, _ = ask(answer, *command, "--json")
    assert done.exit_code == 1
    result = json.loads(done.stdout)
    assert (result["applied"], len(result["still_parked"]), result["stopped"]) == (9, 3, True)
    assert [(body["after"], body["stop_after_failures"]) for body in bodies] == [
        ("", 3),
        ("12+", 2),
        ("12+", 1),
    ]


def test_some_are_retried_by_their_numbers() -> None:
    done, asked = ask(
        lambda *_: (200, {"applied": [1, 2], "still_parked": []}), "parked", "retry", "pathway", "4", "5"
    )
    assert (done.exit_code, "Applied 4" in done.stdout) == (0, True)
    assert [path for _, path, _ in asked.asked] == ["/v1/parked/4/retry", "/v1/parked/5/retry"]


def test_which_ones_must_be_said() -> None:
    done, asked = ask(lambda *_: (200, {}), "parked", "retry", "pathway")
    assert (done.exit_code, asked.asked) == (2, [])


def test_a_dismissal_needs_a_name_and_a_reason() -> None:
    answer = {"parked_id": 7, "follows": ["This service goes on without it."]}
    command = ("parked", "dismiss", "pathway", "7", "--because", "a test")
    done, asked = ask(lambda *_: (200, answer), *command)
    assert (done.exit_code, asked.asked) == (2, [])
    done, _ = ask(lambda *_: (200, answer), *command, "--by", "Ada")
    assert "7 is dismissed. This service goes on without it." in " ".join(done.stdout.split())


def refusing(number: str) -> Answer:
    """One event that somebody else settled before."""

    def answer(_method: str, path: str, _body: Any) -> tuple[int, Any]:
        if number in path:
            return 409, {"title": "The event is dismissed already"}
        return 200, {"parked_id": 7, "follows": [], "applied": [7], "still_parked": []}

    return answer


def test_what_was_dismissed_before_a_refusal_is_told() -> None:
    command = ("parked", "dismiss", "pathway", "7", "8", "--by", "Ada", "--because", "a test")
    done, _ = ask(refusing("8"), *command)
    assert done.exit_code != 0
    assert "7 is dismissed." in done.stdout


def test_a_retry_that_is_refused_does_not_stop_those_after_it() -> None:
    done, asked = ask(refusing("8"), "parked", "retry", "pathway", "8", "7")
    assert [path for _, path, _ in asked.asked] == ["/v1/parked/8/retry", "/v1/parked/7/retry"]
    assert done.exit_code == 1
    assert "Applied 1, still wrong 1." in done.stdout
    assert "dismissed already" in " ".join(done.stdout.split())
