"""Asks a platform for all its API keys, and every service when they were last used there."""

from datetime import UTC, datetime
from typing import Any

from deploy.operator.platform import SERVICES, Platform


def all_keys(platform: Platform) -> list[dict[str, Any]]:
    """Of every source, oldest source first."""
    keys: list[dict[str, Any]] = []
    query: dict[str, str | int] = {"limit": 200}
    while True:
        page = platform.get("admission", "/v1/keys", query)
        keys += page["keys"]
        if not page.get("continuation"):
            return keys
        query["continuation"] = page["continuation"]


def last_used(platform: Platform) -> dict[str, str]:
    """Id of a key -> when it was last used at any service."""
    used: dict[str, str] = {}
    for service in SERVICES:
        for key in platform.get(service, "/v1/operations/keys")["keys"]:
            used[key["key_id"]] = max(used.get(key["key_id"], ""), key["last_used_at"])
    return used


def end_of(key: dict[str, Any]) -> datetime:
    """When the key ends by itself; the end of time for one that never does."""
    return (
        datetime.fromisoformat(key["expires_at"]) if key["expires_at"] else datetime.max.replace(tzinfo=UTC)
    )
