"""How is a command run once, on the way to a running stack?"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.local.children import kill_family, leashed, start_child
from deploy.local.diagnosis import end_of, why_it_ended
from deploy.local.errors import StackError

LOOK_SECONDS = 0.1


async def run_once(name: str, arguments: Sequence[str], *, environment: Mapping[str, str], log: Path) -> None:
    """Run this Python with the arguments to its end.

    Raises:
        StackError: it failed.
    """
    since = end_of(log)
    process = start_child(leashed([sys.executable, *arguments]), log=log, environment=environment)
    try:
        while (exit_code := process.poll()) is None:  # noqa: ASYNC110 - processes have no event to wait for
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        kill_family(process.pid)
        process.wait()
    if exit_code != 0:
        raise StackError(why_it_ended(name, exit_code, log, since=since))
