"""Starts a child process, and stops it within a limit of time."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from deploy.local.places import PROJECT
from deploy.local.servers.accounts import Account

# What would change a part's behaviour behind our back.
FOREIGN = ("PG", "JAVA_", "_JAVA", "JDK_JAVA", "KAFKA_", "RELAIS_", "PYTHON", "VIRTUAL_ENV")
LEASH = Path(__file__).with_name("leash.py")


def leashed(
    command: Sequence[str],
    *,
    account: Account | None = None,
    held_folder: Path | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
) -> list[str]:
    """The command line that runs `command` so that it dies with this process; see leash.py."""
    who = "-" if account is None else f"{account.uid}:{account.gid}"
    folder = "-" if held_folder is None else str(held_folder)
    script = [sys.executable, "-I", "-S", str(LEASH)]
    return [*script, str(os.getpid()), str(int(death_signal)), who, folder, *command]


def clean_environment(own: Mapping[str, str]) -> dict[str, str]:
    """The user's environment without what would meddle, and with the part's own variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {
        **kept,
        # Everything a part calls is on this machine, whatever proxy the user has.
        "NO_PROXY": "127.0.0.1,localhost",
        # The code of this clone, whichever one is installed.
        "PYTHONPATH": str(PROJECT),
        "PYTHONUNBUFFERED": "1",
        **own,
    }


def start_child(
    command: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a leashed command in a session of its own, so that the terminal's Ctrl-C reaches only us."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=clean_environment(environment or {}),
            start_new_session=True,
        )


def kill_family(pid: int) -> None:
    """Kill -9 for the process and whatever it started, also in sessions of their own as PostgreSQL's do."""
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.kill()


def stop_child(
    process: subprocess.Popen[bytes],
    *,
    with_signal: signal.Signals = signal.SIGTERM,
    within_seconds: float = 20,
) -> int:
    """Ask the child to end; kill its group when it has not within the bound. Returns its exit code."""
    if process.poll() is None:
        process.send_signal(with_signal)
    try:
        return process.wait(within_seconds)
    except subprocess.TimeoutExpired:
        kill_family(process.pid)
        return process.wait()
