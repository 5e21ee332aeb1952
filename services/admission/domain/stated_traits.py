"""Reads the traits of a stored record, which is the body as it came (decision 0019)."""

from collections.abc import Mapping
from typing import Any

import msgspec

from services.admission.domain.movement import Traits


def readable_traits(stated: Mapping[str, Any]) -> Traits:
    """Those that can be read; the others count as not stated."""
    readable: dict[str, Any] = {}
    for name in Traits.__struct_fields__:
        try:
            msgspec.convert({name: stated[name]}, Traits)
        except (KeyError, msgspec.ValidationError):
            continue
        readable[name] = stated[name]
    return msgspec.convert(readable, Traits)
