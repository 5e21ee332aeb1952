"""Decodes a body to a typed value, or names everything that is wrong with it together.

A good body costs one pass of msgspec. Only a bad or a suspicious one is read again, without a type, and
held against the JSON Schema of its type. PostgreSQL's text refuses NUL, so a string with one is refused
here; so is a moment that leaves the calendar when it is expressed in UTC. How deep a body may be nested is
counted here: what msgspec survives depends on the version of Python.
"""

import re
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from shared.web.charset import REMEDY
from shared.web.pointers import pointer_of_msgspec_path
from shared.web.problems import FieldError, Problem
from shared.web.schema_errors import schema_errors

T = TypeVar("T")

_decoders: Final[dict[type[Any], msgspec.json.Decoder[Any]]] = {}
_SUSPICIOUS: Final = (rb"\u0000", b"9999-12-31", b"0001-01-01")
DEEPEST: Final = 500
_STRING_OR_BRACKET: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{]|[\]}]', re.DOTALL)
_BYTE_POSITION: Final = re.compile(r"\(byte (\d+)\)")


def uuid_in_path(text: str) -> UUID:
    """The id in a path; raises `Problem` 404 for what is none, since nothing can have it."""
    try:
        return UUID(text)
    except ValueError:
        raise Problem(404) from None


def decode(body: bytes, type_: type[T]) -> T:
    """The body as `type_`; raises `Problem` 422 and nothing else."""
    try:
        _ = body.isascii() or body.decode()  # msgspec does not look into fields that it skips
        if _is_too_deep(body):
            raise _too_deep()
        decoded: T = _decoder(type_).decode(body)
    except msgspec.ValidationError as error:
        raise _does_not_fit(_errors(body, type_) or [_error_of(error)]) from None
    except UnicodeDecodeError as error:
        raise _malformed(body, error.start, "not valid UTF-8", remedy=REMEDY) from None
    except msgspec.DecodeError as error:
        raise _malformed(body, _position(error, body), "not valid JSON") from None
    except RecursionError:
        raise _too_deep() from None
    if any(mark in body for mark in _SUSPICIOUS) and (errors := _errors(body, type_)):
        raise _does_not_fit(errors)
    return decoded


def _is_too_deep(body: bytes) -> bool:
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return False
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(body):
        token = found[0]
        depth += (token in b"[{") - (token in b"]}")
        if depth > DEEPEST:
            return True
    return False


def _decoder(type_: type[Any]) -> msgspec.json.Decoder[Any]:
    if type_ not in _decoders:
        _decoders[type_] = msgspec.json.Decoder(type_)
    return _decoders[type_]


def _errors(body: bytes, type_: type[Any]) -> list[FieldError]:
    try:
        return schema_errors(msgspec.json.decode(body), type_)
    except msgspec.ValidationError as error:  # a number that nothing can hold
        return [_error_of(error)]
    except msgspec.DecodeError as error:
        raise _malformed(body, _position(error, body), "not valid JSON") from None
    except RecursionError:
        raise _too_deep() from None


def _error_of(error: msgspec.ValidationError) -> FieldError:
    # For what no schema expresses. "Invalid enum value ..." goes on to quote it: cut there.
    detail, found, path = str(error).rpartition(" - at `")
    detail, path = (detail, path) if found else (path, "")
    return FieldError(pointer_of_msgspec_path(path.removesuffix("`")), _without_value(detail))


def _without_value(detail: str) -> str:
    if not detail.startswith("Invalid "):
        return detail
    before, found, _ = detail.partition("value ")
    return before + found.rstrip()


def _does_not_fit(errors: list[FieldError]) -> Problem:
    return Problem(422, "The body does not fit", errors=errors)


def _too_deep() -> Problem:
    return _does_not_fit([FieldError("", "nested too deeply")])


def _position(error: msgspec.DecodeError, body: bytes) -> int:
    found = _BYTE_POSITION.search(str(error))
    return int(found[1]) if found else len(body)


def _malformed(body: bytes, position: int, detail: str, *, remedy: str | None = None) -> Problem:
    before = body[:position]
    line = before.count(b"\n") + 1
    column = position - (before.rfind(b"\n") + 1) + 1
    error = FieldError("", f"{detail}, line {line}, column {column}")
    return Problem(422, "The body cannot be read", detail=remedy, errors=[error])
