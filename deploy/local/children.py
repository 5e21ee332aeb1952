"""How is a child process started, and stopped within a bound?"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from deploy.local.accounts import Account

LEASH = Path(__file__).with_name("leash.py")


def leashed(
    command: Sequence[str], *, account: Account | None = None, death_signal: signal.Signals = signal.SIGKILL
) -> list[str]:
    """The command line that runs `command` so that it dies with this process."""
    who = "-" if account is None else f"{account.uid}:{account.gid}"
    return [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), str(int(death_signal)), who, *command]


def start_child(
    command: Sequence[str],
    *,
    log: Path,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a leashed child in a session of its own, so that the terminal's Ctrl-C reaches only us."""
    with log.open("ab") as output:
        return subprocess.Popen(
            leashed(command, account=account, death_signal=death_signal),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=dict(environment) if environment is not None else None,
            start_new_session=True,
        )


def kill_group(pid: int) -> None:
    """Kill -9 for the child and whatever it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


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
        kill_group(process.pid)
        return process.wait()
