"""Pause, resume, drain and status say what is paused and what is left."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.operator import drain
from deploy.operator.service_status import remarks
from tests.unit.operator.stand_in import addresses, stand_in

runner = CliRunner()
NAMES = ("ADMISSION", "PATHWAY", "NOTIFICATIONS", "INDICATORS")


class Service:
    """One service that plays all four."""

    def __init__(self) -> None:
        self.pauses: dict[str, Any] = {}
        self.unapplied: list[int | None] = [0]
        self.rounds = 0
        self.away = 0
        self.lacking = [0]

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if method == "GET" and self.away:
            self.away -= 1
            return 503, {"title": "Unavailable"}
        if path.startswith("/v1/reconciliation"):
            return 200, {"publishers": [self._compared()]}
        part = path.rpartition("/")[2]
        if method == "PUT":
            self.pauses[part] = {"part": part, **body}
        elif method == "DELETE":
            del self.pauses[part]
        return 200, self._status(asked=path.endswith("unapplied=true"))

    def _compared(self) -> Any:
        absent = self.lacking.pop(0) if len(self.lacking) > 1 else self.lacking[0]
        return {
            "publisher": "admission",
            "state": "compared",
            "accounts": [{"pending": absent, "missing": 0}],
        }

    def _status(self, *, asked: bool) -> Any:
        behind = self.unapplied[min(self.rounds // 4, len(self.unapplied) - 1)]
        self.rounds += asked
        return {
            "parts": ["consumer", "relay"],
            "pauses": list(self.pauses.values()),
            "unapplied": None if behind is None else {"relais.admission": behind},
            "unsent": 0,
            "oldest_unsent_seconds": 0.0,
            "parked": 2,
            "parking_cap": 1000,
        }


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_STATE_FOLDER", str(tmp_path))
    monkeypatch.setattr(drain, "ROUND_SECONDS", 0.0)


def run(service: Service, *command: str) -> Any:
    with stand_in(service.answer) as served:
        environment = addresses(served.url)
        return runner.invoke(app, command, env={**environment, "RELAIS_OPERATOR_KEY": "key"})


def test_a_service_is_paused_whole_or_in_part_and_goes_on() -> None:
    service = Service()
    paused = run(service, "pause", "pathway", "--because", "a repair", "--by", "Ada")
    assert set(service.pauses) == {"consumer", "relay"}
    assert "pathway: paused: consumer (a repair), relay (a repair)" in " ".join(paused.stdout.split())
    assert run(service, "resume", "pathway", "--part", "relay").exit_code == 0
    assert set(service.pauses) == {"consumer"}
    assert json.loads(run(service, "resume", "pathway", "--json").stdout) == {"pathway": []}


def test_a_drain_waits_for_what_a_lost_log_took_with_it() -> None:
    service = Service()
    service.lacking = [3, 3, 3, 3, 0]
    drained = run(service, "drain", "--because", "a deploy")
    assert drained.exit_code == 0
    assert "pathway lacks 3 events of admission: its worker pulls them" in " ".join(drained.stderr.split())


def test_a_drain_that_cannot_be_complete_says_so() -> None:
    service = Service()
    service.lacking = [3]
    drained = run(service, "drain", "--because", "a deploy", "--within", "0.1")
    assert drained.exit_code == 1
    assert "Not drained" in drained.stdout
    assert "Drained" not in drained.stdout


def test_a_drain_ends_when_two_rounds_found_nothing() -> None:
    service = Service()
    service.unapplied = [5, 0, 3, 0]
    drained = run(service, "drain", "--because", "a deploy", "--json")
    assert drained.exit_code == 0
    document = json.loads(drained.stdout)
    assert (document["drained"], document["left"], document["parked"]["pathway"]) == (True, [], 2)
    assert set(service.pauses) == {"intake"}
    assert service.rounds == 4 * 5


def test_a_service_that_is_away_keeps_no_other_one_standing() -> None:
    service = Service()
    service.pauses["relay"] = {"part": "relay", "because": "a repair"}
    service.away = 1
    resumed = run(service, "resume")
    assert service.pauses == {}
    assert resumed.exit_code != 0
    assert "pathway: goes on" in resumed.stdout
    assert "admission" not in resumed.stdout


def test_a_drain_goes_on_when_a_service_does_not_answer_for_a_moment() -> None:
    service = Service()
    service.away = 2
    drained = run(service, "drain", "--because", "a deploy", "--json")
    assert (drained.exit_code, json.loads(drained.stdout)["drained"]) == (0, True)


@pytest.mark.parametrize(("behind", "said"), [(7, "has not applied 7 records"), (None, "does not answer")])
def test_a_drain_that_cannot_end_says_what_is_left_and_who_prevents_it(behind: int | None, said: str) -> None:
    service = Service()
    service.unapplied = [behind]
    service.pauses["consumer"] = {"part": "consumer", "because": "a repair"}
    left = run(service, "drain", "--because", "a deploy", "--within", "0")
    assert left.exit_code == 1
    told = " ".join(left.stdout.split())
    assert said in told
    assert "consumer of pathway is paused (a repair)" in told
    assert "`relais resume` lets it go on" in told


def test_the_status_remarks_on_what_waits_for_a_person() -> None:
    quiet = {"pauses": [], "parked": 0, "parking_cap": 9, "unsent": 0, "oldest_unsent_seconds": 0.0}
    pause = {"part": "relay", "paused_by": "Ada", "paused_at": "12:00", "because": "a repair"}
    found = {
        "pathway": quiet,
        "admission": {**quiet, "pauses": [pause], "parked": 3, "unsent": 4, "oldest_unsent_seconds": 70.0},
        "indicators": {"error": "indicators does not answer"},
    }
    assert remarks(found) == [
        "admission: relay paused by Ada since 12:00: a repair",
        "admission: 3 events parked, at most 9: relais parked list",
        "admission: 4 events not sent, the oldest for 70 s",
        "indicators: indicators does not answer",
    ]
