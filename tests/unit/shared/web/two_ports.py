"""What `serve` serves in a test: an API and its operations."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from shared.web.app import create_app


@asynccontextmanager
async def _said(_app: FastAPI) -> AsyncIterator[None]:
    yield
    print("closed", flush=True)  # noqa: T201 - the test reads it


app = create_app(title="api", lifespan=_said, routers=[])
operations = create_app(title="operations", lifespan=_said, routers=[], operational=True)
