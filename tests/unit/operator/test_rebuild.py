"""`relais rebuild` says what it did, and refuses what cannot be done."""

from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from deploy.local.cli import app
from deploy.operator.rebuild_screen import result_table

runner = CliRunner()


@pytest.fixture(autouse=True)
def _nothing_runs_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_STATE_FOLDER", str(tmp_path))


def said(result: dict[str, Any]) -> str:
    console = Console(width=100)
    with console.capture() as captured:
        console.print(result_table(result))
    return captured.get()


def rebuilt(**figures: Any) -> dict[str, Any]:
    return {
        "service": "pathway",
        "done": "swapped",
        "events": 20,
        "seconds": 2.0,
        "held_seconds": 0.05,
        "in_motion": 0,
        "tables": [],
        **figures,
    }


def table(name: str, **figures: Any) -> dict[str, Any]:
    equal = {"live": 3, "made": 3, "only_live": 0, "only_made": 0, "different": 0, "persons": []}
    return {"table": name, "is_swapped": True, **equal, **figures}


def test_what_differed_is_shown_with_the_persons() -> None:
    lost = table("pathways", live=2, only_made=1, persons=["0b5e"])
    kept = table("expectations", is_swapped=False)
    text = said(rebuilt(tables=[lost, kept], in_motion=2))
    assert "pathways differ for 0b5e" in text
    assert "expectations (kept)" in text
    assert "2 persons in motion" in text
    assert "20 events in 2.0 s" in text
    assert "--undo brings it back" in text


def test_a_dropped_projection_is_one_sentence() -> None:
    text = said(rebuilt(done="dropped", events=0, seconds=0.0, held_seconds=0.0))
    assert text.strip() == "The earlier projection is gone."


def test_two_options_at_once_are_refused() -> None:
    done = runner.invoke(app, ["rebuild", "pathway", "--undo", "--compare"])
    assert done.exit_code == 1
    assert "exclude each other" in done.output


def test_without_a_platform_here_it_says_so() -> None:
    done = runner.invoke(app, ["rebuild", "pathway"])
    assert done.exit_code == 1
    assert "not running here" in done.output


def test_admission_has_no_projection() -> None:
    assert runner.invoke(app, ["rebuild", "admission"]).exit_code == 2
