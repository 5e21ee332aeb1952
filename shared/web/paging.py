"""Pages of a list: how many at most, and an opaque token that says where the next page begins.

A token holds the sort key of the last item of its page, so it stays good while items are added.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, TypeVar

import msgspec
from fastapi import Query

from shared.web.problems import FieldError, Problem

Item = TypeVar("Item")
Key = TypeVar("Key")

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most")]
Continuation = Annotated[
    str | None, Query(max_length=200, description="From the page before; without it, the first page")
]


def encode_continuation(key: object) -> str:
    """The token that `decode_continuation` reads."""
    return urlsafe_b64encode(msgspec.msgpack.encode(key)).decode()


def decode_continuation(token: str, key: type[Key] | Any) -> Key:
    """The sort key that a token holds; raises `Problem` 422 for anything that is no token of this list."""
    try:
        decoded: Key = msgspec.msgpack.decode(urlsafe_b64decode(token), type=key)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        error = FieldError("/query/continuation", "not a token that this list gave")
        raise Problem(422, "The request is not valid", errors=[error]) from None
    return decoded


def split_page(
    found: Sequence[Item], limit: int, key_of: Callable[[Item], object]
) -> tuple[tuple[Item, ...], str | None]:
    """The page and the token of the next one, of up to `limit` + 1 items; no token on the last page."""
    page = tuple(found[:limit])
    return page, encode_continuation(key_of(page[-1])) if len(found) > limit else None
