"""Reads JSON that no strict reader takes: half a character, a raw line break, a number that is none."""

import json
import math
from typing import Any

import msgspec


def mended(body: bytes) -> tuple[bytes, list[str]]:
    """The body as every reader takes it, and pointers to what could not be read; what is no JSON, as it came.

    Half of a surrogate pair is left where a text was cut after so many UTF-16 units, NaN where a program had
    no number: the former becomes U+FFFD, the latter null. A line break in a text says what it says.
    """
    found: list[str] = []
    try:
        if _is_readable(body):
            return body, found
        stated = json.loads(body.decode("utf-8", "surrogatepass"), strict=False)
        return json.dumps(_mended(stated, "", found), ensure_ascii=False).encode(), found
    except (ValueError, RecursionError):
        return body, []


def _is_readable(body: bytes) -> bool:
    try:
        msgspec.json.decode(body)
    except ValueError:  # of which both msgspec's error and that of a charset are
        return False
    return True


def _mended(stated: Any, pointer: str, found: list[str]) -> Any:
    if isinstance(stated, str):
        text = _text(stated)
        if text != stated and "\ufffd" in text:
            found.append(pointer)
        return text
    if isinstance(stated, float) and not math.isfinite(stated):
        found.append(pointer)
        return None
    if isinstance(stated, list):
        return [_mended(each, f"{pointer}/{place}", found) for place, each in enumerate(stated)]
    if isinstance(stated, dict):
        return {
            (text := _text(name)): _mended(each, f"{pointer}/{_step(text)}", found)
            for name, each in stated.items()
        }
    return stated


def _text(stated: str) -> str:
    """With whole pairs joined, and U+FFFD for a half that is left."""
    return stated.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _step(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
