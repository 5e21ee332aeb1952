"""Compares a JSON value with the JSON Schema of its type and names every difference, quoting nothing."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import chain, islice
from typing import Any, Final
from uuid import UUID

import msgspec
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from shared.web.pointers import pointer_of
from shared.web.problems import FieldError

MAX_ERRORS: Final = 100
MAX_PATTERN_CHARACTERS: Final = 1000
"""Of a text that has a pattern and no `maxLength`: the time that a pattern takes grows with the text."""

_FORMATS: Final[dict[str, str]] = {
    "uuid": "a UUID",
    "date": "a date, such as 2026-01-31",
    "date-time": "a date and time with its offset from UTC, such as 2026-01-31T08:00:00+01:00",
}
_EXPECTED: Final[dict[str, Callable[[Any], str]]] = {
    "type": lambda names: f"expected {names if isinstance(names, str) else ' or '.join(names)}",
    "enum": lambda values: f"expected one of: {', '.join(map(str, values))}",
    "const": lambda value: f"expected {value}",
    "format": lambda name: f"expected {_FORMATS.get(name, name)}",
    "pattern": lambda pattern: f"expected text that matches {pattern}",
    "minLength": lambda n: f"expected at least {n} characters",
    "maxLength": lambda n: f"expected at most {n} characters",
    "minItems": lambda n: f"expected at least {n} items",
    "maxItems": lambda n: f"expected at most {n} items",
    "minimum": lambda n: f"expected at least {n}",
    "maximum": lambda n: f"expected at most {n}",
    "exclusiveMinimum": lambda n: f"expected more than {n}",
    "exclusiveMaximum": lambda n: f"expected less than {n}",
}


def _pattern(
    validator: Validator, pattern: str, instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    """As JSON Schema 2020-12 says, but only of text that is short enough; a longer one is too long."""
    if isinstance(instance, str) and len(instance) > schema.get("maxLength", MAX_PATTERN_CHARACTERS):
        if "maxLength" not in schema:
            yield ValidationError("too long", validator="maxLength", validator_value=MAX_PATTERN_CHARACTERS)
        return
    yield from Draft202012Validator.VALIDATORS["pattern"](validator, pattern, instance, schema)


_formats: Final = FormatChecker(formats=())
# To JSON Schema 1.0 is an integer, to msgspec it is not.
_Validator: Final = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {"pattern": _pattern},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int),
)
_validators: Final[dict[type[Any], Validator]] = {}


def schema_errors(value: Any, type_: type[Any]) -> list[FieldError]:
    """Everything in which `value` differs from `type_`, at most `MAX_ERRORS`."""
    found = (described for error in _validator(type_).iter_errors(value) for described in _describe(error))
    return list(islice(chain(_with_nul(value), found), MAX_ERRORS))


def _validator(type_: type[Any]) -> Validator:
    if type_ not in _validators:
        _validators[type_] = _Validator(msgspec.json.schema(type_), format_checker=_formats)
    return _validators[type_]


def _describe(error: ValidationError) -> Iterator[FieldError]:
    if error.validator == "anyOf":
        yield from _describe_alternatives(error)
    elif error.validator == "required":
        # One error for each missing name; the name is ours, the last word in quotes of the message.
        missing = error.message.split("'")[1]
        yield FieldError(pointer_of([*error.absolute_path, missing]), "required")
    else:
        expected = _EXPECTED.get(str(error.validator))
        detail = expected(error.validator_value) if expected else "not allowed here"
        yield FieldError(pointer_of(error.absolute_path), detail)


def _describe_alternatives(error: ValidationError) -> Iterator[FieldError]:
    """Speak of the alternative that was meant: the one whose own type fits; else name them all."""
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(int(inner.relative_schema_path[0]), []).append(inner)
    meant = [inner for inner in branches.values() if not _is_other_type(inner, error)]
    if meant:
        for inner in min(meant, key=_size):
            yield from _describe(inner)
        return
    types = [str(inner.validator_value) for branch in branches.values() for inner in branch]
    yield FieldError(pointer_of(error.absolute_path), f"expected {' or '.join(types)}")


def _size(branch: list[ValidationError]) -> int:
    return len(branch)


def _is_other_type(branch: list[ValidationError], parent: ValidationError) -> bool:
    return any(inner.validator == "type" and inner.absolute_path == parent.absolute_path for inner in branch)


def _with_nul(value: object) -> Iterator[FieldError]:
    # A stack of our own: the value may be nested deeper than Python calls may be.
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), value)]
    while waiting:
        path, current = waiting.pop()
        if isinstance(current, str):
            if "\0" in current:
                yield FieldError(pointer_of(path), "expected text without NUL characters")
        elif isinstance(current, list):
            waiting.extend(((*path, index), item) for index, item in enumerate(current))
        elif isinstance(current, dict):
            for key, item in current.items():
                if "\0" in key:
                    yield FieldError(pointer_of(path), "expected names without NUL characters")
                else:
                    waiting.append(((*path, key), item))


@_formats.checks("uuid", raises=msgspec.ValidationError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or isinstance(msgspec.convert(value, UUID), UUID)


@_formats.checks("date", raises=msgspec.ValidationError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or isinstance(msgspec.convert(value, date), date)


@_formats.checks("date-time", raises=(msgspec.ValidationError, OverflowError))
def _is_moment(value: object) -> bool:
    if not isinstance(value, str):
        return True
    moment = msgspec.convert(value, datetime)
    return moment.tzinfo is not None and moment.astimezone(UTC) is not None
