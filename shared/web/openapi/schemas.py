"""JSON Schemas of msgspec types, with the date-times that msgspec leaves out, the same under every Python.

To msgspec a `datetime` without a constraint may lack its offset, so it calls it just a string. What a
service answers always has one. A docstring becomes a description; since Python 3.13 the compiler takes its
indentation away, so it is taken away here as well.
"""

from collections.abc import Iterator, Sequence
from inspect import cleandoc
from typing import Any, Final

import msgspec
from msgspec import inspect

REFERENCE: Final = "#/components/schemas/{name}"
_FORMAT: Final = "date-time"

_WithFields = inspect.StructType | inspect.DataclassType


def schemas_of(types: Sequence[type[Any]]) -> tuple[dict[type[Any], dict[str, Any]], dict[str, Any]]:
    """Type -> its schema, and the components that the schemas refer to."""
    schemas, components = msgspec.json.schema_components(types, ref_template=REFERENCE)
    for described in _nested(inspect.multi_type_info(types)):
        properties = components.get(described.cls.__name__, {}).get("properties", {})
        for field in described.fields:
            if _is_date_time(field.type):
                _mark_date_times(properties[field.encode_name])
    clean_descriptions(components)
    return dict(zip(types, schemas, strict=True)), components


def clean_descriptions(components: dict[str, Any]) -> None:
    """Take the indentation of the source out of the description of each schema."""
    for schema in components.values():
        if "description" in schema:
            schema["description"] = cleandoc(schema["description"])


def _nested(types: Sequence[inspect.Type]) -> Iterator[_WithFields]:
    """Every type with fields that these are made of, each once."""
    seen: set[type[Any]] = set()
    waiting = list(types)
    while waiting:
        current = waiting.pop()
        if isinstance(current, _WithFields):
            if current.cls in seen:
                continue
            seen.add(current.cls)
            yield current
            waiting += [field.type for field in current.fields]
        elif isinstance(current, inspect.UnionType):
            waiting += current.types
        elif isinstance(current, inspect.TupleType):
            waiting += current.item_types
        elif isinstance(current, inspect.CollectionType):
            waiting.append(current.item_type)
        elif isinstance(current, inspect.DictType):
            waiting.append(current.value_type)


def _is_date_time(type_: inspect.Type) -> bool:
    of_union = type_.types if isinstance(type_, inspect.UnionType) else (type_,)
    return any(isinstance(one, inspect.DateTimeType) for one in of_union)


def _mark_date_times(schema: dict[str, Any]) -> None:
    for choice in schema.get("anyOf", [schema]):
        if choice.get("type") == "string":
            choice["format"] = _FORMAT
