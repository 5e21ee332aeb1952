"""What a person is shown fits 80 columns, and a pipe or NO_COLOR gets no colours."""

from typing import Any

import pytest
from rich.console import Console

from deploy.local.screen import parts_table
from deploy.local.stack.addresses import USUAL_PORTS

PARTS = [
    *("postgresql", "kafka", "mail-sink", "sms-gateway", "zipkin"),
    *(f"{name}-{kind}" for name in ("admission", "notifications") for kind in ("api", "worker")),
    "admission-mllp",
]
SCHEMES = {"postgresql": "postgresql", "kafka": "kafka", "admission-mllp": "mllp"}


def document(state: str = "not answering") -> dict[str, Any]:
    def part(name: str) -> dict[str, Any]:
        url = f"{SCHEMES.get(name, 'http')}://127.0.0.1:{USUAL_PORTS[name]}"
        numbers = {"pid": 4194304, "memory_bytes": 1_234_000_000, "restarts": 0}
        return {"name": name, "state": state, "url": url, "note": "", **numbers}

    return {"state": "ready", "message": "", "memory_bytes": 10, "parts": [part(name) for name in PARTS]}


def shown(**options: Any) -> str:
    console = Console(width=80, **options)
    with console.capture() as captured:
        console.print(parts_table(document()))
    return captured.get()


def test_every_address_is_whole_in_80_columns() -> None:
    lines = shown().splitlines()
    assert max(map(len, lines)) <= 80
    for name in PARTS:
        (line,) = (line for line in lines if line.split()[:1] == [name])
        assert line.split()[-1].endswith(f"127.0.0.1:{USUAL_PORTS[name]}")


def test_a_pipe_gets_no_escapes_and_no_color_no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in shown(force_terminal=False)
    assert "\x1b[33m" in shown(force_terminal=True, color_system="standard")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[33m" not in shown(force_terminal=True, color_system="standard")


def test_a_stack_that_does_not_run_is_a_sentence() -> None:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(parts_table({**document(), "state": "stopped"}))
    assert captured.get().startswith("Relais is not running here: ")
