"""Reads which establishment states an event, where the payload names one."""

import msgspec

from shared.events.envelope import Payload


class _Stated(msgspec.Struct):
    establishment: str | None = None
    from_establishment: str | None = None


_decoder = msgspec.json.Decoder(_Stated)


def establishment_of(payload: Payload) -> str | None:
    """The establishment that states a payload; of an expected arrival, the one that the person left."""
    return _storable_or_none(
        getattr(payload, "establishment", None) or getattr(payload, "from_establishment", None)
    )


def establishment_in(value: bytes | None) -> str | None:
    """The same, of the bytes of a payload of any type; None when they cannot be read."""
    try:
        stated = _decoder.decode(value or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return _storable_or_none(stated.establishment or stated.from_establishment)


def _storable_or_none(establishment: str | None) -> str | None:
    # PostgreSQL's text takes any character but this one, and no record may stop the service.
    return None if establishment is None or "\0" in establishment else establishment
