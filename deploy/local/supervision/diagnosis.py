"""Says in one sentence why a part ended, from its exit code and the end of its log."""

import json
import re
import signal
from pathlib import Path

from deploy.local.errors import PortTakenError, StackError
from deploy.local.machine import is_full

TAIL_BYTES = 65_536
LAST_LINES = 400
"""Kafka's stack traces are long, and what it says is above them."""
MAX_QUOTE_LENGTH = 300
ERROR_LINE = re.compile(r"\b(ERROR|FATAL|PANIC|CRITICAL)\b")
EXCEPTION = re.compile(r"^(Caused by: )?[\w.$]+(Error|Exception): ")
PORT_TAKEN = "ddress already in use"
KNOWN = {
    "No space left on device": "the disk is full",
    PORT_TAKEN: "its port was taken by another program",
    "Cannot allocate memory": "the memory is exhausted",
    "OutOfMemoryError": "the memory is exhausted",
    "ParkingCapReached": "too many events are wrong, see docs/runbooks/parking-cap.md",
}


def tail(log: Path, *, since: int = 0) -> list[str]:
    """The last lines of a log that are not empty, without those before position `since`."""
    try:
        with log.open("rb") as file:
            file.seek(max(since, log.stat().st_size - TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [line.strip() for line in lines if line.strip()][-LAST_LINES:]


def log_size(log: Path) -> int:
    """The size of the log in bytes: where the next process will write."""
    return log.stat().st_size if log.exists() else 0


def why_it_ended(name: str, exit_code: int | None, log: Path, *, since: int = 0) -> StackError:
    """One sentence for the user; without an exit code it was not ready in time."""
    lines = tail(log, since=since)
    error = PortTakenError if any(PORT_TAKEN in line for line in lines) else StackError
    return error(f"{_manner(name, exit_code)}{_reason(exit_code, lines, log)} (`relais logs {name}`)")


def _reason(exit_code: int | None, lines: list[str], log: Path) -> str:
    known = [meaning for sign, meaning in KNOWN.items() if any(sign in line for line in lines)]
    # Asked too, since a part on a full disk cannot even say so.
    known += ["the disk is full"] if is_full(log.parent) else []
    # A killed process has logged nothing about it.
    reason = (
        known[0]
        if known
        else ""
        if exit_code == -signal.SIGKILL
        else _quote(lines, or_last=exit_code is not None)
    )
    return f": {reason}" if reason else ""


def _manner(name: str, exit_code: int | None) -> str:
    if exit_code is None:
        return f"{name} did not become ready"
    if exit_code < 0:
        return f"{name} was ended by {signal.Signals(-exit_code).name}"
    return f"{name} ended with exit code {exit_code}"


def _quote(lines: list[str], *, or_last: bool) -> str:
    """The last error of a service, the last ERROR line of a server, or else the last line.

    The last line of one that still runs (`or_last` is false) says nothing about why it is not ready.
    """
    for line in reversed(lines):
        said = _json_fields(line)
        if said.get("level") in {"error", "critical"}:
            return " ".join(
                str(said[field]) for field in ("event", "duty", "template", "error") if field in said
            )
    for number, line in reversed(list(enumerate(lines))):
        if ERROR_LINE.search(line):
            # What Java threw is on the line below.
            thrown = [each for each in lines[number + 1 : number + 2] if EXCEPTION.match(each)]
            return " ".join([line, *thrown])[:MAX_QUOTE_LENGTH]
    return lines[-1][:MAX_QUOTE_LENGTH] if lines and or_last else ""


def _json_fields(line: str) -> dict[str, object]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
