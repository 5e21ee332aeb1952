"""Where in a body? JSON pointers (RFC 6901) from the paths that libraries use."""

import re
from collections.abc import Iterable
from typing import Final

_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")


def of_parts(parts: Iterable[str | int]) -> str:
    """The pointer to a sequence of keys and indices; empty for the whole body."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def of_msgspec_path(path: str) -> str:
    """The pointer for msgspec's `$.persons[0].name`; as far as it is known (`[...]` is any key)."""
    parts: list[str] = []
    for step in _STEP.finditer(path):
        if step[1] is None and step[2] is None:
            break
        parts.append(step[1] or step[2])
    return of_parts(parts)
