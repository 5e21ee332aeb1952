"""Gives tests the dependencies of admission's use cases, without a database or a network."""

from typing import Any

import httpx

from services.admission.handlers.commit_submissions import commit_submissions
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import GroupCommit
from shared.runtime.clock import system_clock
from shared.security.vault import Vault
from shared.spine.pause.gate import Gate


class NoDatabase:
    """Says that nothing is paused, and knows no source or establishment."""

    async def fetchval(self, query: str, *_arguments: object) -> bool | None:
        return False if "pauses" in query else None

    async def fetch(self, _query: str, *_arguments: object) -> list[Any]:
        return []


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
