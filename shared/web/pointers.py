"""JSON pointers (RFC 6901) from the paths that libraries use."""

import re
from collections.abc import Iterable
from typing import Final

_MSGSPEC_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")


def pointer_of(parts: Iterable[str | int]) -> str:
    """The JSON pointer (RFC 6901) to a sequence of keys and indices; empty for the whole body."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def pointer_of_msgspec_path(path: str) -> str:
    """The JSON pointer for msgspec's `$.persons[0].name`, as far as it is known (`[...]` is any key)."""
    parts: list[str] = []
    for step in _MSGSPEC_STEP.finditer(path):
        if step[1] is None and step[2] is None:
            break
        parts.append(step[1] or step[2])
    return pointer_of(parts)
