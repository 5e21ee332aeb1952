"""`relais reconcile` shows every account, and fails on what is unexplained or told without right."""

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.operator import reconcile_screen
from tests.unit.operator.stand_in import StandIn, addresses, stand_in

runner = CliRunner()
ACCOUNT = {
    "day": "2026-03-01",
    "establishment": "440000057",
    "received": 9,
    "applied": 6,
    "parked": 1,
    "dismissed": 1,
    "pending": 1,
    "missing": 0,
    "unknown": 0,
}
NAMED = {"event_id": "e", "subject": "s", "sequence": 3}


def publisher(**said: Any) -> dict[str, Any]:
    last = {"completed_at": "2026-03-01T12:00:00Z", "mended": {"pulled": 2, "corrected": 0}}
    usual = {"publisher": "admission", "state": "compared", "unexplained": 0, "holes": 0, "last": last}
    return {**usual, "accounts": [ACCOUNT], "missing": [], "unknown": [], **said}


TALLY = {
    "day": "2026-03-01",
    "establishment": "440000057",
    "due": 3,
    "informed": 2,
    "expired": 1,
    "unexplained": 0,
    "reasons": {"expired": {"too late to tell": 1}},
    "vanished": 0,
    "told_without_right": 0,
    "repaired": 2,
}


@pytest.fixture(autouse=True)
def _no_stack_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_STATE_FOLDER", str(tmp_path))


def ask(said: dict[str, Any], *options: str, tally: dict[str, Any] = TALLY) -> tuple[Any, StandIn]:
    def answer(method: str, path: str, body: Any) -> tuple[int, Any]:
        return 200, ({"tallies": [tally]} if "obligations" in path else {"publishers": [said]})

    with stand_in(answer) as service:
        environment = addresses(service.url)
        environment |= {"RELAIS_OPERATOR_KEY": "key", "COLUMNS": "200"}
        return runner.invoke(app, ["reconcile", *options], env=environment), service


def test_every_number_that_is_not_plain_is_explained() -> None:
    shown, asked = ask(publisher(), "--since", "2026-03-01")
    assert shown.exit_code == 0
    for said in (
        "440000057",
        "1 parked: `relais",
        "1 dismissed",
        "1 pending",
        "1 too late to tell",
        "2 pulled",
        "2 repaired: had been missing",
    ):
        assert said in shown.stdout
    assert "vanished" not in shown.stdout
    assert "unexplained: 0" in shown.stdout
    assert "told without right: 0" in shown.stdout
    paths = [path for _, path, _ in asked.asked]
    assert paths[0] == "/v1/reconciliation?since=2026-03-01&recount=false"
    assert len(paths) == 5


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"unexplained": 1, "missing": [NAMED]}, "missing: event e, number 3 of s"),
        ({"unexplained": 1, "unknown": [NAMED]}, "unknown: event e, number 3 of s"),
        ({"unexplained": 2, "holes": 2}, "2 numbers that the publisher does not have"),
        ({"state": "unreachable", "accounts": []}, "not compared (unreachable)"),
    ],
)
def test_what_is_unexplained_is_named_and_is_the_exit_code(said: dict[str, Any], words: str) -> None:
    shown, _ = ask(publisher(**said))
    assert shown.exit_code == 1
    assert words in shown.stdout


def test_every_number_is_whole_in_80_columns() -> None:
    console = Console(width=80)
    answer = {
        "services": {"notifications": {"publishers": [publisher()]}},
        "obligations": {"tallies": [TALLY]},
    }
    with console.capture() as captured:
        console.print(reconcile_screen.shown({**answer, "unexplained": 0, "told_without_right": 0}))
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= 80
    (row,) = (line for line in lines if line.startswith("2026-03-01 440000057  "))
    assert [int(number) for number in row.split()[2:]] == [9, 6, 1, 1, 1, 0, 0]
    assert "2026-03-01 440000057 3 due, 2 informed, 1 expired, 0 unexplained" in lines


def test_a_message_without_right_is_named_and_is_the_exit_code() -> None:
    shown, _ = ask(publisher(), tally={**TALLY, "told_without_right": 1})
    assert shown.exit_code == 1
    for said in ("1 told without a right to be", "told without right: 1", "unexplained: 0"):
        assert said in shown.stdout


def test_scripts_get_one_document() -> None:
    shown, _ = ask(publisher(unexplained=1), "--json", "--recount")
    document = json.loads(shown.stdout)
    assert (shown.exit_code, document["unexplained"]) == (1, 4)
    assert document["services"]["pathway"]["publishers"][0]["accounts"] == [ACCOUNT]
    assert document["obligations"]["tallies"] == [TALLY]


def test_a_day_that_is_none_is_refused() -> None:
    assert ask(publisher(), "--since", "yesterday")[0].exit_code == 2
