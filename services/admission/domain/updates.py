"""Reads which fields an update states."""

from collections.abc import Collection
from typing import Final, get_args

import msgspec
from msgspec import UNSET, Struct, UnsetType

from shared.events.admission import OptionalField

_ALL: Final[tuple[OptionalField, ...]] = get_args(OptionalField)


class _Stated(Struct):
    unit: msgspec.Raw | UnsetType = UNSET
    class_of_stay: msgspec.Raw | UnsetType = UNSET
    origin: msgspec.Raw | UnsetType = UNSET
    destination: msgspec.Raw | UnsetType = UNSET


_decoder: Final = msgspec.json.Decoder(_Stated)


def names_of_update(body: bytes, ignored: Collection[str] = ()) -> tuple[OptionalField, ...] | None:
    """The optional fields that the body of an update states, `null` included; `None` when it states them all.

    A detail that could not be read (`ignored`, JSON pointers) is not stated.
    """
    stated = _decoder.decode(body)
    names = tuple(
        field for field in _ALL if getattr(stated, field) is not UNSET and f"/{field}" not in ignored
    )
    return None if names == _ALL else names
