"""Gives tests the dependencies of admission's use cases, without a database or a network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from services.admission.handlers.commit_submissions import commit_submissions
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import GroupCommit
from shared.runtime.clock import system_clock
from shared.security.vault import Vault
from shared.spine.pause.gate import Gate


class NoDatabase:
    """Says that nothing is paused, knows no source or establishment, and forgets what is written."""

    async def fetchval(self, query: str, *_arguments: object) -> bool | None:
        return False if "pauses" in query else None

    async def fetch(self, _query: str, *_arguments: object) -> list[Any]:
        return []

    async def execute(self, _query: str, *_arguments: object) -> str:
        return ""

    @asynccontextmanager
    async def acquire(self, **_given: object) -> AsyncIterator["NoDatabase"]:
        yield self

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        yield


def dependencies(**given: Any) -> Dependencies:
    """Those given, and stand-ins for the others."""
    database: Any = NoDatabase()
    stand_ins: dict[str, Any] = {
        "pool": database,
        "vault": Vault(bytes(range(32))),
        "clock": system_clock,
        "http": httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(503))),
        "peers": {},
        "intake": Gate(database, "intake"),
        "request_commits": GroupCommit(commit_submissions),
        "ndjson_commits": GroupCommit(commit_submissions),
        "accepts_test_numbers": True,
    }
    return Dependencies(**stand_ins | given)
