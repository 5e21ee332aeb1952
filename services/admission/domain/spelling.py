"""Reads what is spelled otherwise than the contract spells it, and means one thing only."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any, Final, get_args

from shared.events.admission import Mode

MOST_IDENTIFIERS: Final = 20
_ESTABLISHMENTS: Final = (("establishment",), ("origin", "establishment"), ("destination", "establishment"))
_TIMES: Final = (("occurred_at",), ("emitted_at",), ("expected_at",), ("destination", "expected_at"))
_END_OF_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([Tt ])24:00(:00(?:\.0+)?)?(?![0-9:.])")
_WITHOUT_SECONDS: Final = re.compile(r"([0-9-]{10}[Tt ][0-9]{2}:[0-9]{2})(?=[Zz+-])")
_MODES: Final = frozenset(get_args(Mode))


def respelled(stated: Any) -> tuple[Any, list[str]]:
    """The same in the contract's spelling, and pointers to what is left out; `stated` is changed in place.

    A FINESS is the same with spaces and in small letters, and the end of a day is the midnight of the next.
    Where a mode is not in our list, the establishment that stands beside it is still known; of a long list of
    identifiers the first ones are read.
    """
    if not isinstance(stated, dict):
        return stated, []
    for path in _ESTABLISHMENTS:
        _change(stated, path, _finess)
    for path in _TIMES:
        _change(stated, path, _time)
    return stated, [*_without_unknown_modes(stated), *_without_long_lists(stated)]


def _change(stated: dict[str, Any], path: tuple[str, ...], change: Callable[[str], str]) -> None:
    parent: Any = stated
    for step in path[:-1]:
        parent = parent.get(step)
        if not isinstance(parent, dict):
            return
    if isinstance(parent.get(path[-1]), str):
        parent[path[-1]] = change(parent[path[-1]])


def _finess(written: str) -> str:
    return "".join(unicodedata.normalize("NFKC", written).split()).upper()


def _time(written: str) -> str:
    written = _WITHOUT_SECONDS.sub(r"\1:00", written.strip())
    found = _END_OF_DAY.match(written)
    if found is None:
        return written
    try:
        next_day = date.fromisoformat(found[1]) + timedelta(days=1)
    except (ValueError, OverflowError):
        return written
    return f"{next_day}{found[2]}00:00:00{written[found.end() :]}"


def _without_unknown_modes(stated: dict[str, Any]) -> Iterator[str]:
    for name in ("origin", "destination"):
        place = stated.get(name)
        if isinstance(place, dict) and place.get("establishment") and not _is_mode(place.get("mode")):
            place["mode"] = "other"
            yield f"/{name}/mode"


def _is_mode(stated: Any) -> bool:
    return isinstance(stated, str) and stated in _MODES


def _without_long_lists(stated: dict[str, Any]) -> Iterator[str]:
    person = stated.get("person")
    numbers = person.get("identifiers") if isinstance(person, dict) else None
    if isinstance(numbers, list) and len(numbers) > MOST_IDENTIFIERS:
        yield from (f"/person/identifiers/{place}" for place in range(MOST_IDENTIFIERS, len(numbers)))
        del numbers[MOST_IDENTIFIERS:]
