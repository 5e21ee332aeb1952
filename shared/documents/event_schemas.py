"""One JSON Schema (2020-12) for the data of each event type."""

from typing import Any

import msgspec

from shared.events.registry import PAYLOADS


def event_schemas() -> dict[str, dict[str, Any]]:
    """Event type -> JSON Schema of its data. Open: a reader skips fields that it does not know."""
    return {
        type_: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:{type_.replace('.', ':')}",
            **msgspec.json.schema(payload),
        }
        for type_, payload in PAYLOADS.items()
    }
