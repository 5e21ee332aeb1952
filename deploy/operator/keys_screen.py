"""Shows API keys as a table for a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.table import Table


def listed(keys: Sequence[dict[str, Any]], *, now: datetime) -> Table:
    """One line for each key."""
    table = Table("Key", "Source", "Establishment", "Scopes", "State", "Ends", "Last used", box=None)
    for key in keys:
        table.add_row(
            key["key_id"],
            key["source_name"],
            key["establishment"] or "the platform",
            " ".join(key["scopes"]),
            state_of(key, now=now),
            (key["expires_at"] or "never")[:10],
            (key["last_used_at"] or "never")[:16].replace("T", " "),
        )
    return table


def state_of(key: dict[str, Any], *, now: datetime) -> str:
    """Whether a key opens anything now."""
    if key["revoked_at"]:
        return "revoked"
    if key["expires_at"] and datetime.fromisoformat(key["expires_at"]) <= now:
        return "expired"
    return "valid"
