"""Makes a service kill itself at named points, by wrapping its functions from outside.

A point is armed by a file in the folder that CONTINUITY_FAILPOINTS names: `<point>` holds n, and the process
that passes the point for the n-th time since then removes the file and ends by SIGKILL, as a power cut would
end it. Of several processes that share the folder, one dies.
"""

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path
from typing import Any

VARIABLE = "CONTINUITY_FAILPOINTS"

BEFORE_COMMIT = "transaction.before_commit"
INTAKE_COMMITTED = "intake.committed"
RELAY_WITHIN_BATCH = "relay.within_batch"
RELAY_ACKNOWLEDGED = "relay.acknowledged"
CONSUMER_COMMITTED = "consumer.committed"
SMS_POSTED = "sms.posted"
CALLBACK_ANSWERED = "callback.answered"

_passages: Counter[str] = Counter()


def reach(point: str) -> None:
    """Pass a point; does not return when this passage is the fatal one."""
    armed = Path(os.environ[VARIABLE]) / point
    try:
        fatal = int(armed.read_text())
    except FileNotFoundError:
        _passages.pop(point, None)
        return
    _passages[point] += 1
    if _passages[point] < fatal:
        return
    try:
        armed.unlink()
    except FileNotFoundError:  # another process was first
        return
    os.kill(os.getpid(), signal.SIGKILL)


def arm(folder: Path, point: str, *, passage: int) -> Path:
    """Let the `passage`-th passage be fatal; returns the file that exists until then."""
    unfinished, armed = folder / f".{point}", folder / point
    unfinished.write_text(str(passage))
    return unfinished.replace(armed)


def install() -> None:
    """Wrap the shared functions; call it before a service is imported, which binds them by name."""
    _wrap_transaction()
    _wrap_relay()
    _wrap_applier()


def install_in(service: str) -> None:
    """Wrap the functions of one service."""
    if service == "admission":
        from services.admission.handlers import commit_submissions  # noqa: PLC0415
        from shared.web.outbound.calls import Outbound  # noqa: PLC0415

        _after(commit_submissions, "commit_submissions", INTAKE_COMMITTED)
        _after(Outbound, "post", CALLBACK_ANSWERED)
    if service == "notifications":
        from services.notifications.channels.sms import SmsChannel  # noqa: PLC0415

        _after(SmsChannel, "send", SMS_POSTED)


def _after(owner: Any, name: str, point: str) -> None:
    plain = getattr(owner, name)

    @wraps(plain)
    async def passing(*args: Any, **kwargs: Any) -> Any:
        result = await plain(*args, **kwargs)
        reach(point)
        return result

    setattr(owner, name, passing)


def _wrap_transaction() -> None:
    from shared.database import transaction as module  # noqa: PLC0415

    plain = module.transaction

    @asynccontextmanager
    async def passing(pool: Any) -> AsyncIterator[Any]:
        async with plain(pool) as connection:
            yield connection
            reach(BEFORE_COMMIT)

    module.transaction = passing


def _wrap_relay() -> None:
    from shared.spine.outbox import sending as module  # noqa: PLC0415

    plain = module.send

    async def passing(producer: Any, publisher: str, rows: Any) -> None:
        await plain(_Producer(producer), publisher, rows)
        reach(RELAY_ACKNOWLEDGED)

    module.send = passing


def _wrap_applier() -> None:
    from shared.spine.inbox.applier import Applier  # noqa: PLC0415

    _after(Applier, "apply", CONSUMER_COMMITTED)


class _Producer:
    """A producer that passes a point after each record it was given."""

    def __init__(self, plain: Any) -> None:
        self._plain = plain

    async def send(self, *args: Any, **kwargs: Any) -> Any:
        delivery = await self._plain.send(*args, **kwargs)
        reach(RELAY_WITHIN_BATCH)
        return delivery
