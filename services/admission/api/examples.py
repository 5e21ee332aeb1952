"""Requests as the README's tour sends them, for the OpenAPI document."""

from collections.abc import Mapping
from typing import Any, Final

from shared.web.contract import EXAMPLE_MOMENT

_PERSON: Final = {
    "identifiers": [{"authority": "1.2.250.1.213.1.4.10", "value": "2410575123456"}],
    "traits": {
        "birth_name": "MARTIN",
        "given_names": ["Jeanne"],
        "birth_date": "1941-05-17",
        "sex": "female",
    },
}
_NOW: Final = {"occurred_at": EXAMPLE_MOMENT, "emitted_at": EXAMPLE_MOMENT}

_ADMISSION: Final = {
    "source_event_id": "his-1",
    "movement_id": "m-1",
    "stay_id": "v-1",
    "action": "insert",
    "kind": "admission",
    "person": _PERSON,
    "establishment": "750000002",
    "unit": "3401",
    "class_of_stay": "inpatient",
    "origin": {"mode": "home"},
    **_NOW,
}

MOVEMENTS: Final[Mapping[str, Any]] = {
    "Admission to the hospital": _ADMISSION,
    "Transfer to the nursing home": {
        "source_event_id": "his-4",
        "movement_id": "m-2",
        "stay_id": "v-1",
        "action": "insert",
        "kind": "transfer",
        "person": _PERSON,
        "establishment": "750000002",
        "destination": {"mode": "transfer", "establishment": "940000045"},
        **_NOW,
    },
    "Arrival at the nursing home": {
        "source_event_id": "ehpad-1",
        "movement_id": "m-1",
        "stay_id": "v-1",
        "action": "insert",
        "kind": "admission",
        "person": _PERSON,
        "establishment": "940000045",
        "origin": {"mode": "transfer", "establishment": "750000002"},
        **_NOW,
    },
    "Discharge from the nursing home": {
        "source_event_id": "ehpad-2",
        "movement_id": "m-2",
        "stay_id": "v-1",
        "action": "insert",
        "kind": "discharge",
        "person": _PERSON,
        "establishment": "940000045",
        "destination": {"mode": "home"},
        **_NOW,
    },
}
BATCHES: Final[Mapping[str, Any]] = {
    "A movement, and a line that is refused": [_ADMISSION, {"source_event_id": "his-3"}]
}
SOURCES: Final[Mapping[str, Any]] = {
    "Hospital": {
        "name": "Hospital software",
        "establishment": "750000002",
        "scopes": ["intake", "read", "circle"],
    },
    "Nursing home": {
        "name": "Nursing home software",
        "establishment": "940000045",
        "scopes": ["intake", "read", "circle"],
    },
}
ESTABLISHMENTS: Final[Mapping[str, Any]] = {
    "Site of a legal entity": {"name": "Hospital of the example", "legal_entity": "750721334"}
}
UNITS: Final[Mapping[str, Any]] = {
    "Ward": {"name": "Cardiology", "kind": "medicine", "beds": 24, "phone": "+33 1 99 00 12 34"}
}
IDENTITY_DOMAINS: Final[Mapping[str, Any]] = {
    "Two hospitals with one index of patients": {
        "authority": "1.2.250.1.999.1",
        "members": ["750000002", "920000023"],
    }
}
DECISIONS: Final[Mapping[str, Any]] = {
    "Two are one": {"verdict": "same_person", "author": "Dr Lemoine", "reason": "identity card seen"},
    "They are two": {"verdict": "different_persons", "author": "Dr Lemoine", "reason": "twins"},
}
