"""The AsyncAPI 3.0 document: which events travel on which topic, for all publishers."""

from typing import Any, Final

import msgspec

from shared.events.registry import PAYLOADS, PUBLISHED, TOPICS, TYPES
from shared.web.openapi.schemas import clean_descriptions

_REFERENCE: Final = "#/components/schemas/{name}"
_UUID: Final = {"type": "string", "format": "uuid"}
_MOMENT: Final = {"type": "string", "format": "date-time"}

_HEADERS: Final[dict[str, Any]] = {
    "type": "object",
    "description": "CloudEvents 1.0, Kafka protocol binding, binary content mode.",
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {**_UUID, "description": "The event; the same one may come twice."},
        "ce_source": {"type": "string", "description": "urn:relais: and the publisher."},
        "ce_type": {"type": "string"},
        "ce_time": {**_MOMENT, "description": "When it happened."},
        "ce_subject": {**_UUID, "description": "Who it is about; also the key of the record."},
        "ce_sequence": {
            "type": "string",
            "pattern": "^[1-9][0-9]*$",
            "description": "1, 2, 3, ... for each publisher and subject; a missing number is a hole.",
        },
        "ce_recordedtime": {**_MOMENT, "description": "When the publisher recorded it."},
        "content-type": {"const": "application/json"},
        "traceparent": {"type": "string", "description": "W3C Trace Context."},
        "tracestate": {"type": "string", "description": "W3C Trace Context."},
    },
    "required": [
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_time",
        "ce_subject",
        "ce_sequence",
        "ce_recordedtime",
        "content-type",
    ],
}


def asyncapi() -> dict[str, Any]:
    """The document; made of the registry alone."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Relais events",
            "version": "1",
            "description": (
                "What the services tell each other. Types change only by optional fields; "
                "a reader skips types and fields that it does not know. No personal data travels here."
            ),
        },
        "defaultContentType": "application/json",
        "channels": {publisher: _channel(publisher) for publisher in PUBLISHED},
        "operations": {f"publish-{publisher}": _operation(publisher) for publisher in PUBLISHED},
        "components": _components(),
    }


def _name(type_: str) -> str:
    # Keys of components may not hold every character; event types hold only these.
    return type_.removeprefix("relais.")


def _channel(publisher: str) -> dict[str, Any]:
    names = [_name(TYPES[payload]) for payload in PUBLISHED[publisher]]
    return {
        "address": TOPICS[publisher],
        "description": f"Everything that {publisher} publishes, in order for each subject.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"kafka": {"topic": TOPICS[publisher], "bindingVersion": "0.5.0"}},
    }


def _operation(publisher: str) -> dict[str, Any]:
    return {"action": "send", "channel": {"$ref": f"#/channels/{publisher}"}}


def _components() -> dict[str, Any]:
    schemas, definitions = msgspec.json.schema_components(PAYLOADS.values(), ref_template=_REFERENCE)
    clean_descriptions(definitions)
    messages = {
        _name(type_): {
            "name": type_,
            "title": payload.__name__,
            "summary": " ".join((payload.__doc__ or "").split()),
            "headers": {"$ref": _REFERENCE.format(name="Headers")},
            "payload": schema,
            "bindings": {"kafka": {"key": _UUID, "bindingVersion": "0.5.0"}},
        }
        for (type_, payload), schema in zip(PAYLOADS.items(), schemas, strict=True)
    }
    return {"messages": messages, "schemas": {"Headers": _HEADERS, **definitions}}
