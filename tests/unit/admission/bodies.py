"""A valid body as establishments post it, to be changed by tests."""

import uuid
from typing import Any

import msgspec

HOSPITAL = "750000002"
CLINIC = "920000023"
AUTHORITY = "1.2.250.1.213.1.4.10"
NAME = "ZZSECRETNAME"
NOW = "2026-03-01T10:00:00+01:00"


def identifier(value: str, authority: str = AUTHORITY) -> dict[str, str]:
    """A number of a person."""
    return {"authority": authority, "value": value}


def movement(*identifiers: dict[str, str], **other: Any) -> dict[str, Any]:
    """An admission to the hospital under new ids, of a new person unless identifiers are given."""
    return {
        "source_event_id": str(uuid.uuid4()),
        "movement_id": str(uuid.uuid4()),
        "stay_id": "stay-1",
        "action": "insert",
        "kind": "admission",
        "person": {
            "identifiers": list(identifiers) or [identifier(str(uuid.uuid4()))],
            "traits": {
                "birth_name": NAME,
                "given_names": ["Camille"],
                "birth_date": "1941-05-17",
                "sex": "female",
            },
        },
        "establishment": HOSPITAL,
        "class_of_stay": "inpatient",
        "origin": {"mode": "home"},
        "occurred_at": NOW,
        "emitted_at": NOW,
    } | other


def encoded(body: object) -> bytes:
    """As it goes over the wire."""
    return msgspec.json.encode(body)
