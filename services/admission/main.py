"""HTTP entry point of admission."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.admission.settings import Settings
from services.admission.wiring import create_api, open_service, serving
from shared.runtime.garbage import rarely_collected
from shared.telemetry import logging, tracing


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """From the environment to an application that serves, and back."""
    logging.configure("admission")
    tracing.configure("admission")
    async with open_service(Settings.of()) as service, serving(app, service):
        with rarely_collected():
            yield
    tracing.shutdown()


app = create_api(lifespan)
