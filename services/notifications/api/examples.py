"""Requests for the OpenAPI document; the carer's is the one of the README's tour."""

from collections.abc import Mapping
from typing import Any, Final

CARERS: Final[Mapping[str, Any]] = {
    "Daughter": {
        "alias": "Mamie",
        "night": True,
        "channels": [
            {"medium": "sms", "address": "06 39 98 12 34"},
            {"medium": "email", "address": "claire@exemple.fr"},
        ],
        "consent": {
            "given_at": "2026-11-20T10:00:00+01:00",
            "proof": {"kind": "written", "reference": "C-118"},
        },
    }
}
PROFESSIONALS: Final[Mapping[str, Any]] = {"Care team": {"email": "coordination@exemple.fr", "basis": "team"}}
STATEMENTS: Final[Mapping[str, Any]] = {"By telephone": {"by": "Night nurse"}}
