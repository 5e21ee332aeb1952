"""Opens admissions for tests: one with a database of its own, or several over one database."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import pytest
from fastapi import FastAPI

from services.admission.domain.submission import Submission
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import Flushed, GroupCommit
from services.admission.settings import Settings
from services.admission.wiring import Service, create_api, open_service, serving
from shared.runtime.clock import Clock, system_clock
from tests.integration.admission.running import Admission, open_client, settings_for

Open = Callable[..., AbstractAsyncContextManager[Admission]]
Commit = Callable[[Dependencies, Sequence[Submission]], Awaitable[Sequence[Flushed]]]


@asynccontextmanager
async def _nothing(_app: FastAPI) -> AsyncIterator[None]:
    yield  # the test enters what the lifespan would


@asynccontextmanager
async def _opened(
    settings: Settings, clock: Clock = system_clock, commit: Commit | None = None
) -> AsyncIterator[Admission]:
    app = create_api(_nothing)
    async with open_service(settings, clock=clock) as opened:
        service = opened if commit is None else _committing(opened, commit)
        async with serving(app, service), open_client(app) as client:
            yield Admission(app, service, client)


def _committing(service: Service, commit: Commit) -> Service:
    dependencies = replace(
        service.dependencies, group_commit=GroupCommit(commit), batch_commit=GroupCommit(commit)
    )
    return replace(service, dependencies=dependencies)


@pytest.fixture
def open_admission() -> Open:
    """Call it with settings: a whole API process, but for the socket; `commit` is what its queues call."""
    return _opened


@pytest.fixture
def admission_settings(create_database: Callable[..., str]) -> Settings:
    """Settings with a migrated database of the test's own; no broker."""
    return settings_for(create_database("admission"))


@pytest.fixture
async def admission(admission_settings: Settings) -> AsyncIterator[Admission]:
    """An admission that serves."""
    async with _opened(admission_settings) as opened:
        yield opened
