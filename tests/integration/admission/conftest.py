"""Opens admissions for tests: one with a database of its own, or several over one database."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from functools import partial

import pytest

from services.admission.handlers.commit_submissions import commit_submissions
from services.admission.handlers.dependencies import Commit
from services.admission.settings import Settings
from services.admission.wiring import SERVICE, open_dependencies
from shared.runtime.clock import Clock, system_clock
from shared.spine.service.api import connect, create_api, create_operations
from shared.spine.service.opening import open_service
from tests.integration.admission.running import Admission, open_client, settings_for

Open = Callable[..., AbstractAsyncContextManager[Admission]]


@asynccontextmanager
async def _opened(
    settings: Settings, clock: Clock = system_clock, commit: Commit = commit_submissions
) -> AsyncIterator[Admission]:
    service = replace(SERVICE, open_dependencies=partial(open_dependencies, commit=commit))
    app = create_api(service)
    async with (
        open_service(service, settings, clock=clock) as opened,
        open_client(app) as client,
        open_client(create_operations(service, app)) as operations,
    ):
        connect(app, opened)
        yield Admission(app, opened, client, operations)


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
