"""A simulator inside the test's own event loop, on a free port."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette

from deploy.local.simulators import serving


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals are the test runner's


@asynccontextmanager
async def served(app: Starlette, *, port: int = 0) -> AsyncIterator[str]:
    """The application's address, for as long as the block lasts; port 0 takes a free one."""
    listening = serving.listen(port)
    config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1, lifespan="on")
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield serving.url_of(listening)
    finally:
        server.should_exit = True
        await running
