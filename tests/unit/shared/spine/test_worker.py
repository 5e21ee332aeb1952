"""A worker retries what a retry can cure, and ends at everything else."""

import asyncio
import gc
import os
import signal
from collections.abc import Iterator

import httpx
import pytest

from shared.runtime.garbage import YOUNG
from shared.runtime.version import VERSION
from shared.spine import worker
from shared.spine.worker import periodic, run_worker
from shared.telemetry.metrics_server import serve_metrics


@pytest.fixture(autouse=True)
def what_was_imported_is_not_examined() -> Iterator[None]:
    """A worker collects all garbage once, and leaves everything to be examined: here a million objects."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MIN_PAUSE_SECONDS", 0)


async def until_stopped(stop: asyncio.Event) -> None:
    await stop.wait()


def end_process() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


async def test_a_signal_stops_all_duties_and_the_process_ends_well() -> None:
    async def then_signal(stop: asyncio.Event) -> None:
        end_process()
        await stop.wait()

    await run_worker("test", {"one": until_stopped, "other": then_signal}, metrics_port=0)


async def test_a_worker_seldom_looks_for_garbage_and_leaves_the_process_as_it_was() -> None:
    before = gc.get_threshold()
    inside: list[tuple[int, bool]] = []

    async def look(stop: asyncio.Event) -> None:
        inside.append((gc.get_threshold()[0], gc.get_freeze_count() > 0))
        end_process()
        await stop.wait()

    await run_worker("test", {"look": look}, metrics_port=0)
    assert inside == [(YOUNG, True)]
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


async def test_a_transient_failure_is_retried_in_place() -> None:
    turns = 0

    async def lose_the_database_twice(stop: asyncio.Event) -> None:
        nonlocal turns
        turns += 1
        if turns < 3:
            raise ConnectionResetError
        end_process()
        await stop.wait()

    await run_worker("test", {"duty": lose_the_database_twice, "other": until_stopped}, metrics_port=0)
    assert turns == 3


@pytest.mark.parametrize("error", [KeyError("a bug"), asyncio.CancelledError()])
async def test_anything_else_stops_every_duty_and_ends_the_process(error: BaseException) -> None:
    others_stopped = False

    async def other(stop: asyncio.Event) -> None:
        nonlocal others_stopped
        await stop.wait()
        others_stopped = True

    async def fail(stop: asyncio.Event) -> None:
        raise error

    with pytest.raises(SystemExit) as ended:
        await run_worker("test", {"broken": fail, "other": other}, metrics_port=0)
    assert ended.value.code == 1
    assert others_stopped


async def test_a_duty_that_does_not_stop_is_cancelled_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "STOP_WITHIN_SECONDS", 0.01)

    async def stubborn(stop: asyncio.Event) -> None:
        end_process()
        await asyncio.Event().wait()

    with pytest.raises(SystemExit):
        await run_worker("test", {"stubborn": stubborn}, metrics_port=0)


async def test_the_log_has_the_class_of_an_error_and_not_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    async def fail(stop: asyncio.Event) -> None:
        raise KeyError("Mme Durand")

    with pytest.raises(SystemExit):
        await run_worker("test", {"broken": fail}, metrics_port=0)
    said = capsys.readouterr().out
    assert "KeyError" in said
    assert "Durand" not in said


async def test_a_periodic_duty_runs_at_once_and_again() -> None:
    turns = asyncio.Queue[int]()
    stop = asyncio.Event()

    async def turn() -> None:
        turns.put_nowait(1)

    running = asyncio.ensure_future(periodic("tick", turn, every_seconds=0)(stop))
    for _ in range(3):
        await asyncio.wait_for(turns.get(), 10)
    stop.set()
    await running


async def test_figures_and_health_are_served_and_nothing_else() -> None:
    async with (
        serve_metrics("test", port=0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        figures = await client.get("/metrics")
        assert figures.status_code == 200
        assert "relais_outbox_unsent" in figures.text
        health = await client.get("/health?now")
        assert health.json() == {"status": "ok", "version": VERSION, "service": "test"}
        assert (await client.get("/secrets")).status_code == 404
        assert (await client.post("/health")).status_code == 405
