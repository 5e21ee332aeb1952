"""Reads which fields an update states."""

from collections.abc import Collection
from typing import Final, get_args

import msgspec
from msgspec import UNSET, Struct, UnsetType

from shared.events.admission import FurtherField, MovementKind, OptionalField

_ALL: Final[tuple[OptionalField, ...]] = get_args(OptionalField)
_OF_FURTHER: Final[tuple[FurtherField, ...]] = (*_ALL, "expected_at")
_FIRST_KINDS: Final = frozenset(get_args(MovementKind))


class _NamedFields(Struct):
    kind: str = "admission"
    unit: msgspec.Raw | UnsetType = UNSET
    class_of_stay: msgspec.Raw | UnsetType = UNSET
    origin: msgspec.Raw | UnsetType = UNSET
    destination: msgspec.Raw | UnsetType = UNSET
    expected_at: msgspec.Raw | UnsetType = UNSET


_decoder: Final = msgspec.json.Decoder(_NamedFields)


def names_of_update(body: bytes, ignored: Collection[str] = ()) -> tuple[FurtherField, ...] | None:
    """The optional fields that the body of an update states, `null` included; `None` when it states them all.

    A detail that could not be read (`ignored`, JSON pointers) is not stated.
    """
    stated = _decoder.decode(body)
    fields = _ALL if stated.kind in _FIRST_KINDS else _OF_FURTHER
    names = tuple(
        field for field in fields if getattr(stated, field) is not UNSET and f"/{field}" not in ignored
    )
    return None if names == fields else names
