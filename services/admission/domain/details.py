"""Leaves out the details of a movement that cannot be read, so that they never refuse their fact.

Only what the fact needs can refuse it: whose it is, what happened, where, when, under which numbers. Of
several identifiers of the person, one that can be read is enough. Whatever else is unreadable counts as not
stated, and the receipt says where it stood. Names of unknown fields are not repeated: they could be anything.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from services.admission.domain.movement import (
    Destination,
    Identifier,
    Origin,
    Person,
    Responsibility,
    StatedMovement,
    Traits,
)

ALL_IDENTIFIERS: Final = "/person/identifiers"
_DETAIL: Final = re.compile(
    r"""(
    /person/identifiers/\d+/(?!authority|value)[^/]+
    | /person/identifiers/\d+
    | /person/traits/[^/]+
    | /person/(?!identifiers)[^/]+
    | /origin/establishment
    | /destination/(?:establishment|expected_at)
    | /responsibility/[^/]+
    | /(?!(?:source_event_id|movement_id|stay_id|action|kind|person|establishment|occurred_at|emitted_at)
        (?:/|$)) [^/]+
    )(?=/|$)""",
    re.VERBOSE,
)
_IDENTIFIER: Final = re.compile(r"/person/identifiers/(\d+)(.*)")
_KNOWN: Final = frozenset(
    name
    for part in (StatedMovement, Person, Traits, Identifier, Origin, Destination, Responsibility)
    for name in part.__struct_fields__
)


def detail_of(pointer: str) -> str | None:
    """Pointer to the least that can be left out for a mistake at `pointer`; none where the fact needs it."""
    found = _DETAIL.match(pointer)
    return found[1] if found else None


def without(stated: Any, details: Iterable[str]) -> Any:
    """The JSON value without these details; it is changed in place."""
    for pointer in sorted(details, key=_place, reverse=True):  # later items first: others keep theirs
        *path, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))
        parent = stated
        for step in path:
            parent = parent[int(step)] if isinstance(parent, list) else parent[step]
        if isinstance(parent, list):
            del parent[int(last)]
        else:
            parent.pop(last, None)
    return stated


def as_sent(pointer: str, left_out: Iterable[str]) -> str:
    """The pointer into the body as it came, for one into the body without the identifiers left out."""
    found = _IDENTIFIER.match(pointer)
    if found is None:
        return pointer
    place = int(found[1])
    for gone in sorted(_place(each)[1] for each in left_out if _is_identifier(each)):
        place += gone <= place
    return f"/person/identifiers/{place}{found[2]}"


def reported(details: Iterable[str]) -> tuple[str, ...]:
    """Those of fields that have a meaning here; nothing else was meant to be read."""
    known = {
        pointer
        for pointer in details
        if all(step in _KNOWN or step.isdigit() for step in pointer[1:].split("/"))
    }
    return tuple(sorted(known, key=_place))


def _is_identifier(pointer: str) -> bool:
    found = _IDENTIFIER.match(pointer)
    return found is not None and not found[2]


def _place(pointer: str) -> tuple[bool, int, str]:
    found = _IDENTIFIER.match(pointer)
    return (found is not None, int(found[1]) if found else 0, pointer)
