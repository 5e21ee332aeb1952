"""Runs every block of the README's tour as it stands there, in one shell, and checks what it promises."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.places import PROJECT, jar_cache
from tests.e2e.eventually import eventually
from tests.e2e.terminal import BLOCK, Terminal, document, statuses

pytestmark = pytest.mark.services

HEADING = "## A five-minute tour"
TOUR = (PROJECT / "README.md").read_text(encoding="utf-8").partition(HEADING)[2].partition("\n## ")[0]
BLOCKS = BLOCK.findall(TOUR)
KEY = re.compile(r"relais_[\w-]{43}")
NUMBER_OF_BLOCKS = 12


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal of somebody whose folders have spaces and accents; what it started is stopped afterwards."""
    folder = tmp_path / "Mes projets" / "relais été"
    folder.mkdir(parents=True)
    # What was fetched before is not fetched again, but is reached by this path.
    (folder / "cache").symlink_to(jar_cache().parent, target_is_directory=True)
    terminal = Terminal(
        {"RELAIS_STATE_FOLDER": str(folder / "state"), "RELAIS_CACHE_FOLDER": str(folder / "cache")}
    )
    yield terminal
    terminal.paste("make down")
    terminal.close()


def again_until(terminal: Terminal, command: str, is_right: Callable[[Any], object]) -> Any:
    """Paste a command that only looks until its document is right, as somebody who waits for it would."""

    def look() -> Any:
        found = document(terminal.paste(command))
        return found if is_right(found) else None

    return eventually(look)


def _lines(block: str, start: str) -> str:
    """The lines of a block from the one that begins so."""
    return block[block.index(start) :]


def test_every_block_of_the_tour_does_what_it_promises(terminal: Terminal) -> None:
    assert len(BLOCKS) == NUMBER_OF_BLOCKS
    start, hospital, admission, again, batch, *others = BLOCKS
    daughter, receipt, transfer, arrival, figures, traces, end = others
    started = terminal.paste(start)
    assert "Relais: ready" in started
    assert statuses(terminal.paste(hospital)) == [201, 200, 200]
    shown = terminal.paste(admission)
    assert statuses(shown) == [202]
    first = document(shown)
    shown = terminal.paste(again)
    assert statuses(shown) == [200, 409, 422]
    assert "stored_sha256" in shown
    assert "/movement_id: required" in shown
    assert document(shown) == first

    lines = [json.loads(line) for line in terminal.paste(batch).splitlines() if line.startswith("{")]
    assert [line["status"] for line in lines] == [200, 422]

    _the_daughter_is_told(terminal, daughter)
    _the_receipt_shows_it(terminal, receipt)
    _she_arrives(terminal, transfer, arrival)
    _the_figures_are_shown(terminal, figures)
    _the_trace_is_shown(terminal, traces)
    _a_lost_key_is_replaced(terminal, KEY.findall(started)[0])
    assert "Relais has stopped" in terminal.paste(end)


def _the_daughter_is_told(terminal: Terminal, block: str) -> None:
    declared, *looks, accepted, _ = statuses(terminal.paste(block))
    assert (declared, set(looks), accepted) == (201, {200}, 200)
    look = "relais call GET sms-gateway /messages"
    invitation, message = again_until(terminal, look, lambda found: len(found) > 1 and found)
    assert "Mamie" not in invitation["text"]
    assert (message["to"], "Mamie est en établissement" in message["text"]) == ("+33639981234", True)


def _the_receipt_shows_it(terminal: Terminal, block: str) -> None:
    def is_informed(found: Any) -> object:
        return found["services"]["notifications"].get("obligations", {}).get("informed")

    settled = again_until(terminal, block, is_informed)
    assert {each["state"] for each in settled["services"].values()} == {"applied"}


def _she_arrives(terminal: Terminal, transfer: str, arrival: str) -> None:
    assert statuses(terminal.paste(transfer)) == [202, 200]
    look = _lines(transfer, "relais call GET pathway")
    pathway = again_until(terminal, look, lambda found: found["expectations"])
    assert [each["state"] for each in pathway["expectations"]] == ["open"]
    assert pathway["expectations"][0]["due_at"]
    assert statuses(terminal.paste(arrival)) == [201, 202, 200]
    look = _lines(arrival, "relais call GET pathway")
    again_until(terminal, look, lambda found: found["expectations"][0]["state"] == "met")
    look = "relais call GET sms-gateway /messages"
    again_until(terminal, look, lambda found: "a bien rejoint" in found[-1]["text"])


def _the_figures_are_shown(terminal: Terminal, block: str) -> None:
    shown = terminal.paste(block)
    assert statuses(shown) == [200, 200]
    assert document(shown)["indicator"] == "occupancy"
    assert re.search(r"^delay_to_carer_informed,750000002,", shown, re.MULTILINE)


def _the_trace_is_shown(terminal: Terminal, block: str) -> None:
    before = _urls(terminal)
    shown = terminal.paste(block)
    assert statuses(shown) == [202], shown
    trace = re.search(r"^traceresponse: 00-([0-9a-f]{32})-", shown, re.MULTILINE)
    assert trace is not None
    assert before.items() <= _urls(terminal).items()
    again_until(terminal, f"relais call GET zipkin /api/v2/trace/{trace[1]}", lambda found: len(found) > 3)
    again_until(terminal, "relais call GET sms-gateway /messages", lambda found: len(found) == 4)


def _urls(terminal: Terminal) -> dict[str, str]:
    return {part["name"]: part["url"] for part in document(terminal.paste("relais status --json"))["parts"]}


def _a_lost_key_is_replaced(terminal: Terminal, lost: str) -> None:
    look = "relais call GET pathway /v1/operations --key"
    assert statuses(terminal.paste(f"{look} {lost}")) == [200]
    (new,) = KEY.findall(terminal.paste("relais operator-key --yes"))
    assert statuses(terminal.paste(f"{look} {new} --within 30")) == [200]
    eventually(lambda: statuses(terminal.paste(f"{look} {lost}")) == [401])
