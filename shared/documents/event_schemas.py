"""One JSON Schema (2020-12) for the data of each event type."""

from typing import Any

import msgspec

from shared.events.registry import PAYLOADS
from shared.web.openapi.schemas import clean_descriptions


def event_schemas() -> dict[str, dict[str, Any]]:
    """Event type -> JSON Schema of its data. Open: a reader skips fields that it does not know."""
    return {type_: _schema(type_, payload) for type_, payload in PAYLOADS.items()}


def _schema(type_: str, payload: type[msgspec.Struct]) -> dict[str, Any]:
    schema = msgspec.json.schema(payload)
    clean_descriptions(schema["$defs"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{type_.replace('.', ':')}",
        **schema,
    }
