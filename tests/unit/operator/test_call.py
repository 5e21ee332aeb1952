"""`relais call` sends what was written and prints the answer so that a person and a script can use it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from tests.unit.operator.stand_in import Answer, StandIn, stand_in

runner = CliRunner()
RECEIPT = {"person_id": "7f", "sequence": 1, "marks": [{"mark": "late"}]}
PROBLEM = {
    "type": "about:blank",
    "title": "The body does not fit",
    "status": 422,
    "errors": [{"pointer": "/kind", "detail": "required"}],
    "stored_sha256": "29",
}


@pytest.fixture(autouse=True)
def _no_stack_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_STATE_FOLDER", str(tmp_path))


def call(answer: Answer, *arguments: str, sent: str | None = None) -> tuple[Any, StandIn]:
    with stand_in(answer) as service:
        environment = {"RELAIS_ADMISSION_URL": service.url, "RELAIS_SMS_GATEWAY_URL": service.url}
        environment["RELAIS_OPERATOR_KEY"] = "operators"
        done = runner.invoke(app, ["call", *arguments], env=environment, input=sent)
        return done, service


def test_the_answer_is_on_standard_output_and_the_status_beside_it() -> None:
    done, service = call(lambda *_: (200, RECEIPT), "get", "admission", "/v1/x?from=1&to=2", "--key", "mine")
    assert (done.exit_code, json.loads(done.stdout)) == (0, RECEIPT)
    assert done.stderr == "200 OK\n"
    assert service.asked == [("GET", "/v1/x?from=1&to=2", "Bearer mine")]


def test_without_a_key_the_operators_is_used_and_a_simulator_gets_none() -> None:
    _, service = call(lambda *_: (200, []), "GET", "admission", "/v1/x")
    assert service.asked[0][2] == "Bearer operators"
    _, service = call(lambda *_: (200, []), "GET", "sms-gateway", "/messages")
    assert service.asked[0][2] == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [("person_id", "7f"), ("sequence", "1"), ("marks.0.mark", "late"), ("person_id,sequence", "7f 1")],
)
def test_one_field_can_be_taken_out_while_the_answer_is_still_shown(name: str, value: str) -> None:
    done, _ = call(lambda *_: (202, RECEIPT), "POST", "admission", "/v1/x", "-d", "{}", "--print", name)
    assert done.stdout == f"{value}\n"
    assert '"person_id": "7f"' in done.stderr


def test_a_field_that_is_not_there_is_an_error() -> None:
    done, _ = call(lambda *_: (200, RECEIPT), "GET", "admission", "/v1/x", "--print", "marks.1.mark")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no field marks.1.mark" in done.stderr


def test_an_error_is_sentences_and_the_exit_code() -> None:
    done, _ = call(
        lambda *_: (422, PROBLEM), "POST", "admission", "/v1/x", "-d", "{}", "--print", "person_id"
    )
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "422 Unprocessable Entity",
        "The body does not fit",
        "  /kind: required",
        "  stored_sha256: 29",
    ]


def test_a_problem_of_the_whole_body_has_no_pointer() -> None:
    problem = PROBLEM | {"errors": [{"pointer": "", "detail": "not valid JSON, line 1, column 7"}]}
    done, _ = call(lambda *_: (422, problem), "POST", "admission", "/v1/x", "-d", "{}")
    assert "  not valid JSON, line 1, column 7" in done.stderr.splitlines()


def test_csv_is_text() -> None:
    done, _ = call(lambda *_: (200, "date,value\n2026-03-01,1\n"), "GET", "admission", "/v1/x")
    assert done.stdout == "date,value\n2026-03-01,1\n"


def test_each_segment_of_hl7_v2_is_on_a_line_of_its_own() -> None:
    done, _ = call(lambda *_: (200, "MSH|a\rMSA|AA|7\r"), "POST", "admission", "/v1/x", "-d", "{}")
    assert done.stdout == "MSH|a\nMSA|AA|7\n"


def test_the_body_comes_from_the_command_a_file_or_standard_input(tmp_path: Path) -> None:
    bodies: list[Any] = []

    def answer(_method: str, _path: str, body: Any) -> tuple[int, Any]:
        bodies.append(body)
        return 204, None

    file = tmp_path / "a body.json"
    file.write_text('{"from": "a file"}')
    call(answer, "PUT", "admission", "/v1/x", "-d", '{"from": "the command"}')
    call(answer, "PUT", "admission", "/v1/x", "-d", f"@{file}")
    call(answer, "PUT", "admission", "/v1/x", "-d", "@-", sent='{"from": "standard input"}')
    assert [body["from"] for body in bodies] == ["the command", "a file", "standard input"]
    done, _ = call(answer, "PUT", "admission", "/v1/x", "-d", "@nowhere.json")
    assert (done.exit_code, "cannot be read" in done.stderr) == (1, True)


def test_who_is_unknown_yet_is_asked_for_again() -> None:
    answers = iter([(401, None), (404, None), (200, RECEIPT)])
    done, service = call(lambda *_: next(answers), "GET", "admission", "/v1/x", "--within", "30")
    assert (done.exit_code, len(service.asked)) == (0, 3)
    done, service = call(lambda *_: (404, {"title": "Not Found"}), "GET", "admission", "/v1/x")
    assert (done.exit_code, len(service.asked)) == (1, 1)


def test_a_path_without_its_slash_is_refused() -> None:
    done, service = call(lambda *_: (200, None), "GET", "admission", "v1/x")
    assert (done.exit_code, service.asked) == (2, [])


@pytest.mark.parametrize(
    "arguments",
    [
        ("/v1/movements", "--key", ""),
        ("/v1/persons//circle/carers/daughter",),
        ("/v1/receipts/",),
        ("/v1/persons//pathway?as_of=x",),
    ],
)
def test_a_variable_that_is_not_set_is_noticed_before_anything_is_sent(arguments: tuple[str, ...]) -> None:
    done, service = call(lambda *_: (200, None), "GET", "admission", *arguments, "--within", "30")
    assert (done.exit_code, service.asked) == (2, [])
    assert "variable" in done.stderr


@pytest.mark.parametrize(
    ("status", "title", "meant"),
    [
        (401, "Unauthorized", "key is unknown"),
        (403, "Forbidden", "may not do this"),
        (404, "Not Found", "somebody else's"),
    ],
)
def test_an_answer_without_a_reason_is_explained(status: int, title: str, meant: str) -> None:
    done, _ = call(lambda *_: (status, {"title": title, "status": status}), "GET", "admission", "/v1/x")
    first, second = done.stderr.splitlines()
    assert (first, meant in second) == (f"{status} {title}", True)
