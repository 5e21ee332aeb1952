"""Runs a command once, as a step on the way to a running stack."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.supervision.children import kill_family, leashed, start_child
from deploy.local.supervision.diagnosis import log_size, why_it_ended
from deploy.local.supervision.ending import ends

RUN_WITHIN_SECONDS = 300.0


async def run_once(name: str, arguments: Sequence[str], *, environment: Mapping[str, str], log: Path) -> None:
    """Run this Python with the arguments to its end.

    Raises:
        StackError: it failed, or took too long.
    """
    since = log_size(log)
    process = start_child(leashed([sys.executable, *arguments]), log=log, environment=environment)
    try:
        await ends(process, within_seconds=RUN_WITHIN_SECONDS)
        exit_code = process.poll()
    finally:
        kill_family(process.pid)
        process.wait()
    if exit_code != 0:
        raise why_it_ended(name, exit_code, log, since=since)
