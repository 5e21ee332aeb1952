"""Runs the duties of a worker process side by side, until a signal or until one fails for good.

What a retry can cure (database or broker unreachable) is retried in place, with backoff and new clients.
Anything else means that the service is wrong: it is logged, all duties stop, and the process exits with 1.
"""

import asyncio
import random
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Final

from shared.runtime.failures import is_transient
from shared.runtime.garbage import infrequent_garbage_collection
from shared.runtime.waiting import wait_for
from shared.telemetry import logging, metrics, tracing
from shared.telemetry.logging import get_logger
from shared.telemetry.metrics_server import serve_metrics

Duty = Callable[[asyncio.Event], Awaitable[None]]
"""Runs until the event is set; after a transient error it is called again."""

MIN_PAUSE_SECONDS: Final = 0.2
MAX_PAUSE_SECONDS: Final = 5.0
HEALTHY_AFTER_SECONDS: Final = 30.0
STOP_WITHIN_SECONDS: Final = 25.0


def periodic(name: str, run_once: Callable[[], Awaitable[object]], *, every_seconds: float) -> Duty:
    """A duty that calls `run_once` immediately, and about `every_seconds` after each end.

    Up to a fifth more or less, so that processes started together do not stay in step.
    """
    return partial(_repeat, name, run_once, every_seconds)


async def _repeat(
    name: str, run_once: Callable[[], Awaitable[object]], every_seconds: float, stop: asyncio.Event
) -> None:
    while not stop.is_set():
        with metrics.duty_seconds.labels(name).time():
            await run_once()
        await wait_for(stop, timeout_seconds=every_seconds * random.uniform(0.8, 1.2))  # noqa: S311


async def run_worker(service: str, duties: Mapping[str, Duty], *, metrics_port: int) -> None:
    """Run all duties until SIGTERM or SIGINT, or until one fails for good; then raises SystemExit(1)."""
    logging.configure(service)
    tracing.configure(service)
    stop = asyncio.Event()
    try:
        with _stop_on_signals(stop), infrequent_garbage_collection():
            async with serve_metrics(service, port=metrics_port) as port:
                get_logger().info("worker_started", port=port)
                running = {
                    name: asyncio.ensure_future(keep(name, duty, stop)) for name, duty in duties.items()
                }
                for task in running.values():
                    task.add_done_callback(partial(_stop_after_failure, stop))
                await stop.wait()
                failed = await _wait_or_cancel(running)
    finally:
        tracing.shutdown()
    get_logger().info("worker_stopped", exit_code=1 if failed else 0)
    if failed:
        raise SystemExit(1)


async def _wait_or_cancel(running: Mapping[str, asyncio.Future[None]]) -> bool:
    """Wait 25 s for the duties to end and cancel those that do not; whether any of them failed."""
    _, late = await asyncio.wait(running.values(), timeout=STOP_WITHIN_SECONDS)
    for task in late:
        task.cancel()
    results = await asyncio.gather(*running.values(), return_exceptions=True)
    failed = False
    for name, result in zip(running, results, strict=True):
        if isinstance(result, asyncio.CancelledError):
            get_logger().error("duty_did_not_stop", duty=name)
            failed = True
        elif isinstance(result, BaseException):
            get_logger().error("duty_failed", duty=name, error=result)
            failed = True
    return failed


def _stop_after_failure(stop: asyncio.Event, task: asyncio.Future[None]) -> None:
    # A library can cancel the task that calls it: a duty that ended so must end the worker as well.
    if task.cancelled() or task.exception() is not None:
        stop.set()


async def keep(name: str, duty: Duty, stop: asyncio.Event) -> None:
    """Run a duty, and again after every transient failure, with a pause that doubles from 0.2 s to 5 s.

    It starts from 0.2 s again after the duty ran for 30 s.
    """
    now = asyncio.get_running_loop().time
    pause = MIN_PAUSE_SECONDS
    while not stop.is_set():
        started = now()
        try:
            await duty(stop)
        except Exception as error:
            metrics.duty_errors_total.labels(name, type(error).__name__).inc()
            if not is_transient(error):
                raise
            if now() - started > HEALTHY_AFTER_SECONDS:
                pause = MIN_PAUSE_SECONDS
            delay = pause * random.uniform(0.5, 1.5)  # noqa: S311
            get_logger().warning("duty_retries", duty=name, error=error, retry_in_seconds=round(delay, 2))
            await wait_for(stop, timeout_seconds=delay)
            pause = min(2 * pause, MAX_PAUSE_SECONDS)
        else:
            return


@contextmanager
def _stop_on_signals(stop: asyncio.Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
