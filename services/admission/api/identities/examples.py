"""Statements about identities, for the OpenAPI document."""

from collections.abc import Mapping
from typing import Any, Final

from services.admission.domain.identities.statement import (
    MoveStatement,
    NumberChange,
    NumberDeletion,
    PairStatement,
    Statement,
    StayDeletion,
    TraitsStatement,
)
from shared.web.contract import EXAMPLE_MOMENT

_STATED: Final = {
    "source_event_id": "his-40",
    "establishment": "750000002",
    "emitted_at": EXAMPLE_MOMENT,
    "author": "Dr Lemoine",
    "reason": "identity card seen",
}
_TRAITS: Final = {
    "birth_name": "MARTIN",
    "given_names": ["Jeanne"],
    "birth_date": "1941-05-17",
    "sex": "female",
}
_NUMBER: Final = {"authority": "IPP", "value": "1001", "type": "PI"}
_OTHER: Final = {"authority": "IPP", "value": "1002", "type": "PI"}

OF: Final[Mapping[type[Statement], Mapping[str, Any]]] = {
    PairStatement: {"Two numbers": _STATED | {"surviving": _NUMBER, "merged": _OTHER}},
    MoveStatement: {"A stay": _STATED | {"to": _NUMBER, "former": _OTHER, "stay_ids": ["v-1"]}},
    StayDeletion: {"A stay": _STATED | {"number": _NUMBER, "stay_ids": ["v-1"]}},
    NumberChange: {"Another number": _STATED | {"former": _OTHER, "number": _NUMBER}},
    NumberDeletion: {"A wrong number": _STATED | {"number": _OTHER}},
    TraitsStatement: {"A person": _STATED | {"person": {"identifiers": [_NUMBER], "traits": _TRAITS}}},
}
