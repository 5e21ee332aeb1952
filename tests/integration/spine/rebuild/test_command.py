"""`python -m services.<service>.rebuild` writes its steps, and ends with the right exit code."""

import asyncio
import os
import signal
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.spine.rebuild.command_line import run_rebuild
from tests.integration.spine.rebuild.population import population
from tests.integration.spine.rebuild.scene import Scene
from tests.served import served

pytestmark = pytest.mark.services

NOBODY = "admission=http://127.0.0.1:1"


async def said(
    scene: Scene, capsys: pytest.CaptureFixture[str], *arguments: str, publishers: str = NOBODY
) -> tuple[int, dict[str, Any]]:
    """Exit code and last line."""
    code = await run_rebuild(
        scene.projection,
        database_url=scene.database_url,
        publishers=publishers,
        peer_key="key",
        arguments=arguments,
    )
    return code, msgspec.json.decode(capsys.readouterr().out.splitlines()[-1])


async def test_the_last_line_is_the_result(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    code, line = await said(scene, capsys, "--drop-previous")
    assert (code, line["step"], line["done"]) == (0, "done", "nothing")


async def test_a_refusal_is_one_sentence(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    assert await said(scene, capsys, "--undo") == (
        1,
        {"step": "failed", "why": "there is no earlier projection to bring back"},
    )


async def test_it_wants_to_know_where_the_ledgers_are(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    code, line = await said(scene, capsys, publishers="")
    assert (code, line["why"]) == (1, "where are the ledgers of admission? Set RELAIS_PUBLISHERS")


async def test_a_ledger_that_does_not_answer_is_named(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    await scene.happen(population(2))
    code, line = await said(scene, capsys)
    assert code == 1
    assert line["why"].startswith("admission")
    assert await scene.schemas() == set()


async def test_told_to_stop_it_ends_in_order(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    await scene.happen(population(2))

    async def never_answers(_request: Request) -> Response:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()
        return Response()

    ledger = Starlette(routes=[Route("/v1/ledger/digests", never_answers)])
    async with served(ledger) as url:
        code, line = await said(scene, capsys, publishers=f"admission={url}")
    assert (code, line["why"]) == (1, "it was stopped")
    assert await scene.schemas() == set()
