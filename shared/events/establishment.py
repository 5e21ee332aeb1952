"""Whose fact does an event state? The establishment that its payload names, where it names one."""

import msgspec

from shared.events.envelope import Payload


class _Stated(msgspec.Struct):
    establishment: str | None = None
    from_establishment: str | None = None


_decoder = msgspec.json.Decoder(_Stated)


def establishment_of(payload: Payload) -> str | None:
    """The establishment of a payload; of an expected arrival, the one that the person left."""
    return _storable(getattr(payload, "establishment", None) or getattr(payload, "from_establishment", None))


def establishment_in(value: bytes | None) -> str | None:
    """The same of what was received, also of a type that we do not know; none when it cannot be read."""
    try:
        stated = _decoder.decode(value or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return _storable(stated.establishment or stated.from_establishment)


def _storable(establishment: str | None) -> str | None:
    # PostgreSQL's text takes any character but this one; a record must not be able to stop us with it.
    return None if establishment is None or "\0" in establishment else establishment
