"""Runs `python -m services.<service>.rebuild`: reads its arguments and writes one JSON line for each step.

The last line is the result, or {"step": "failed", "why": ...}; the exit code is 0 or 1 accordingly.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from time import monotonic
from typing import Any, Final

import asyncpg
import msgspec

from shared.database.pool import open_pool
from shared.runtime.errors import RelaisError
from shared.spine.rebuild.context import RebuildContext, open_rebuild
from shared.spine.rebuild.filler import ReportPhase
from shared.spine.rebuild.projection import Projection, RebuildError
from shared.spine.rebuild.rebuild_projection import (
    RebuildResult,
    drop_previous,
    rebuild_projection,
    restore_previous,
)
from shared.spine.reconciliation.context import open_reconciliation

_REPEAT_AFTER_SECONDS: Final = 0.2


async def run_rebuild(
    projection: Projection,
    *,
    database_url: str,
    publishers: str,
    peer_key: str,
    arguments: Sequence[str] | None = None,
) -> int:
    """Do what the command line asks for; return the exit code.

    `publishers` says where the ledgers are (`name=url,...`), `peer_key` opens them.
    """
    options = _parse_arguments(projection.service, arguments)
    lines = _PhaseLines()
    try:
        with _cancelled_by_sigterm():
            async with _open_context(projection, database_url, publishers, peer_key, lines.write) as context:
                result = await _run_requested(context, options)
    except (RelaisError, OSError) as error:
        lines.write("failed", {"why": str(error)})
        return 1
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        # The message of such an error may quote a row.
        lines.write("failed", {"why": type(error).__name__})
        return 1
    except asyncio.CancelledError:
        lines.write("failed", {"why": "it was stopped"})
        return 1
    lines.write("done", msgspec.to_builtins(result))
    return 0


@contextmanager
def _cancelled_by_sigterm() -> Iterator[None]:
    """Let a container that is stopped clean up as an interrupted command does."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task is not None:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


@asynccontextmanager
async def _open_context(
    projection: Projection, database_url: str, publishers: str, peer_key: str, report_phase: ReportPhase
) -> AsyncIterator[RebuildContext]:
    service = projection.service
    async with (
        open_pool(database_url, application_name=f"{service}-rebuild") as pool,
        open_reconciliation(
            service,
            pool,
            projection.clock,
            consumes=projection.publishers,
            publishers=publishers,
            key=peer_key,
        ) as reconciliation,
    ):
        ledgers = reconciliation.ledger_clients
        missing = [name for name in projection.publishers if name not in ledgers]
        if missing:
            raise RebuildError(f"where are the ledgers of {', '.join(missing)}? Set RELAIS_PUBLISHERS")
        async with open_rebuild(projection, database_url, ledgers, report_phase) as context:
            yield context


async def _run_requested(context: RebuildContext, options: argparse.Namespace) -> RebuildResult:
    if options.undo:
        return await restore_previous(context)
    if options.drop_previous:
        return await drop_previous(context)
    return await rebuild_projection(context, swap=not options.compare)


def _parse_arguments(service: str, arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"python -m services.{service}.rebuild",
        description=f"Rebuild the projection of {service} from the ledgers and put it in place.",
    )
    one_of = parser.add_mutually_exclusive_group()
    one_of.add_argument("--compare", action="store_true", help="only compare; the live one stays")
    one_of.add_argument("--undo", action="store_true", help="bring the earlier projection back")
    one_of.add_argument("--drop-previous", action="store_true", help="end the way back")
    return parser.parse_args(arguments)


class _PhaseLines:
    """Writes steps to standard output; repetitions of a step are written a few times a second."""

    def __init__(self) -> None:
        self._last = ("", 0.0)

    def write(self, step: str, figures: Mapping[str, Any]) -> None:
        """Write a line, unless it repeats the last one too soon and is not its end."""
        before, at = self._last
        is_whole = figures.get("pulled") == figures.get("total")
        if step == before and not is_whole and monotonic() - at < _REPEAT_AFTER_SECONDS:
            return
        self._last = (step, monotonic())
        sys.stdout.write(msgspec.json.encode({"step": step, **figures}).decode() + "\n")
        sys.stdout.flush()
