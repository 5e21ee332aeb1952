"""Requests for the OpenAPI document, about the person of the README's tour."""

from collections.abc import Mapping
from typing import Any, Final

from shared.web.contract import EXAMPLE_MOMENT

_JEANNE: Final = {"authority": "1.2.250.1.213.1.4.10", "value": "2410575123456"}

TEAMS: Final[Mapping[str, Any]] = {
    "Show the nursing home her stay": {
        "basis": "team",
        "person": _JEANNE,
        "establishments": ["940000045"],
        "ends_at": "2027-05-31T00:00:00+02:00",
        "by": "Dr Arnaud, 3401",
        "consent": {"given_at": EXAMPLE_MOMENT, "reference": "C-118"},
    }
}
EMERGENCIES: Final[Mapping[str, Any]] = {
    "Found unconscious": {
        "person": _JEANNE,
        "by": "Dr Nadia Roux, SAMU 94",
        "reason": "Found unconscious; treatment and next of kin unknown",
    }
}
NETWORKS: Final[Mapping[str, Any]] = {
    "Homes of one legal entity": {
        "name": "Filière gériatrique du Val",
        "controller": "940000037",
        "purpose": "Coordination of stays between its homes",
        "establishments": ["940000045", "940000052"],
    }
}
