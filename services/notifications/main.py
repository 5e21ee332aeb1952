"""HTTP entry point of notifications."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.notifications.settings import Settings
from services.notifications.wiring import create_api, open_service, serving
from shared.telemetry import logging, tracing


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """From the environment to an application that serves, and back."""
    logging.configure("notifications")
    tracing.configure("notifications")
    async with open_service(Settings.of()) as service, serving(app, service):
        yield
    tracing.shutdown()


app = create_api(lifespan)
