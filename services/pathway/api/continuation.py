"""Where does the next page begin? An opaque token that stays good while movements are added."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.pathway.domain.movements import TimelineKey
from shared.web.problems import FieldError, Problem

_decoder: Final = msgspec.msgpack.Decoder(tuple[Annotated[datetime, msgspec.Meta(tz=True)], int, UUID])


def token_of(key: TimelineKey) -> str:
    """The token that `key_of` understands."""
    return urlsafe_b64encode(msgspec.msgpack.encode(key)).decode()


def key_of(token: str) -> TimelineKey:
    """The place that a token names; raises `Problem` 422 for anything that is no token of ours."""
    try:
        return _decoder.decode(urlsafe_b64decode(token))
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        error = FieldError("/query/continuation", "not a token that this service gave")
        raise Problem(422, "The request is not valid", errors=[error]) from None
