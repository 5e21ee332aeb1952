"""`python -m services.<service>.rebuild`: which one of the three, and how does it tell? One JSON line a step.

The last line is the result, or {"step": "failed", "why": ...}; the exit code says which.
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
from shared.spine.inbox.parking import ParkingCapReached
from shared.spine.rebuild.projection import Projection, RebuildError
from shared.spine.rebuild.rebuild_projection import Rebuild, Rebuilt, Tell, open_rebuild
from shared.spine.reconciliation.context import open_reconciliation

_TELL_EVERY_SECONDS: Final = 0.2


async def run_rebuild(
    projection: Projection,
    *,
    database_url: str,
    publishers: str,
    peer_key: str,
    arguments: Sequence[str] | None = None,
) -> int:
    """Do what the command line asks for; the exit code."""
    asked = _parse(projection.service, arguments)
    lines = _Lines()
    try:
        with _stopped_in_order():
            async with _opened(projection, database_url, publishers, peer_key, lines.tell) as rebuild:
                rebuilt = await _do(rebuild, asked)
    except (RebuildError, ParkingCapReached, OSError) as error:
        lines.tell("failed", {"why": str(error)})
        return 1
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        # Its message may quote a row.
        lines.tell("failed", {"why": type(error).__name__})
        return 1
    except asyncio.CancelledError:
        lines.tell("failed", {"why": "it was stopped"})
        return 1
    lines.tell("done", msgspec.to_builtins(rebuilt))
    return 0


@contextmanager
def _stopped_in_order() -> Iterator[None]:
    """A container that is stopped, too, leaves nothing behind."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task is not None:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


@asynccontextmanager
async def _opened(
    projection: Projection, database_url: str, publishers: str, peer_key: str, tell: Tell
) -> AsyncIterator[Rebuild]:
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
        missing = [name for name in projection.publishers if name not in reconciliation.ledger_clients]
        if missing:
            raise RebuildError(f"where are the ledgers of {', '.join(missing)}? Set RELAIS_PUBLISHERS")
        async with open_rebuild(projection, database_url, reconciliation.ledger_clients, tell) as rebuild:
            yield rebuild


async def _do(rebuild: Rebuild, asked: argparse.Namespace) -> Rebuilt:
    if asked.undo:
        return await rebuild.undo()
    if asked.drop_previous:
        return await rebuild.drop_previous()
    return await rebuild.make(swap=not asked.compare)


def _parse(service: str, arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"python -m services.{service}.rebuild",
        description=f"Make the projection of {service} anew from the ledgers and put it in place.",
    )
    one_of = parser.add_mutually_exclusive_group()
    one_of.add_argument("--compare", action="store_true", help="only compare; the live one stays")
    one_of.add_argument("--undo", action="store_true", help="bring the earlier projection back")
    one_of.add_argument("--drop-previous", action="store_true", help="end the way back")
    return parser.parse_args(arguments)


class _Lines:
    """Steps on standard output; a step that repeats itself is told a few times a second."""

    def __init__(self) -> None:
        self._told = ("", 0.0)

    def tell(self, step: str, figures: Mapping[str, Any]) -> None:
        before, at = self._told
        is_whole = figures.get("pulled") == figures.get("total")
        if step == before and not is_whole and monotonic() - at < _TELL_EVERY_SECONDS:
            return
        self._told = (step, monotonic())
        sys.stdout.write(msgspec.json.encode({"step": step, **figures}).decode() + "\n")
        sys.stdout.flush()
