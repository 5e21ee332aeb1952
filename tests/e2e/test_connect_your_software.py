"""Runs every block of the guide for integrators as it stands there, by JSON, over HTTP and over MLLP."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from deploy.local.places import PROJECT
from deploy.local.ports import free_port
from tests.e2e.eventually import eventually
from tests.e2e.running import RunningPlatform
from tests.e2e.terminal import BLOCK, Terminal, document, statuses

pytestmark = pytest.mark.services

BLOCKS = BLOCK.findall((PROJECT / "docs/guides/connect-your-software.md").read_text(encoding="utf-8"))
ACCEPTED = "MSA|AA|"


@pytest.fixture
def terminal(platform: RunningPlatform, tmp_path: Path) -> Iterator[Terminal]:
    """A terminal beside the running platform, in an empty folder."""
    terminal = Terminal({"RELAIS_STATE_FOLDER": platform.environment["RELAIS_STATE_FOLDER"]})
    # As if the client were installed, and nobody listened where the guide does.
    terminal.paste(f'export PATH="$PWD/.venv/bin:$PATH" PYTHONPATH="$PWD/client" CALLBACK_PORT={free_port()}')
    terminal.paste(f"cd {tmp_path}")
    yield terminal
    terminal.close()


def _is_applied(terminal: Terminal, block: str) -> bool:
    look = block[block.index('relais call GET admission "/v1/receipts') :]
    (found,) = document(terminal.paste(look))["receipts"]
    return {each["state"] for each in found["services"].values()} == {"applied"}


def _told(terminal: Terminal) -> set[str]:
    """What the receiver of the guide has got: of which movement, and from which service."""
    return {line.rpartition(" ")[0] for line in terminal.paste("cat callbacks.txt").splitlines()}


def _is_told(terminal: Terminal) -> bool:
    services = [
        f"movement.applied json-2 {service}" for service in ("pathway", "notifications", "indicators")
    ]
    return {"movement.accepted json-2 None", "ping None None", *services} <= _told(terminal)


def test_every_block_of_the_guide_does_what_it_promises(terminal: Terminal) -> None:
    source, units, sandbox, json, register, receiver, told, listed, heartbeat, http, callers, mllp = BLOCKS
    assert statuses(terminal.paste(source)) == [201]
    assert set(statuses(terminal.paste(units))) == {200}
    shown = terminal.paste(sandbox)
    assert statuses(shown) == [200]
    assert statuses(terminal.paste(json)) == [202, 200]
    terminal.paste(register + receiver)
    assert statuses(terminal.paste(told)) == [202, 202]
    eventually(partial(_is_told, terminal))
    assert statuses(terminal.paste(listed)) == [200, 200]
    assert statuses(terminal.paste(heartbeat)) == [204, 200]
    shown = terminal.paste(http)
    assert (statuses(shown), ACCEPTED + "his-4711" in shown) == ([200, 200], True)
    assert statuses(terminal.paste(callers)) == [200]
    shown = terminal.paste(mllp)
    assert (statuses(shown), ACCEPTED + "his-4712" in shown) == ([200], True)
    for block in (json, http, mllp):
        eventually(partial(_is_applied, terminal, block))
