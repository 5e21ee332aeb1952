"""Registers the operator's key that the deployment names, once, when the worker starts."""

import asyncio

from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.manage_access import register_operator


async def register_first_operator(dependencies: Dependencies, stop: asyncio.Event) -> None:
    """Register the key unless it is known, then wait for the end."""
    if dependencies.bootstrap_key_sha256:
        await register_operator(dependencies, dependencies.bootstrap_key_sha256)
    await stop.wait()
