"""Decides what the answer to a statement means for it and for those that wait behind it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_REFUSED: Final = frozenset({400, 409, 413, 415, 422})
"""This statement is wrong, and would be wrong tomorrow, if Relais itself says so."""
_PROBLEM: Final = "application/problem+json"

_ALONE: Final = frozenset({403, 404, 408, 500})
"""This one failed, or is about an establishment that is not ours; others need not fail."""

LONGEST_PAUSE_SECONDS: Final = 60.0
_LONGEST_ASKED_SECONDS: Final = 3600.0


@dataclass(frozen=True)
class Accepted:
    """Relais has stored it, now or earlier."""


@dataclass(frozen=True)
class Refused:
    """It must be corrected by somebody."""


@dataclass(frozen=True)
class Later:
    """It is to be sent again: after so many seconds, if Relais says how many."""

    concerns_all: bool
    """Whether the others would fare no better: Relais is away, or does not know us."""
    after_seconds: float | None = None
    why: str = field(default="", compare=False)
    """For whoever reads the log."""


Verdict = Accepted | Refused | Later


def verdict_on(status: int, headers: Mapping[str, str], content: bytes) -> Verdict:
    """What an answer means. Only a receipt says that it is stored, and only a problem that it is wrong.

    Whatever stands between us and Relais may answer 200, or 400, to anything.
    """
    if status in {200, 201, 202} and _is_receipt(content):
        return Accepted()
    if status in _REFUSED and headers.get("content-type", "").startswith(_PROBLEM):
        return Refused()
    seconds = _seconds(headers.get("retry-after"))
    return Later(concerns_all=status not in _ALONE, after_seconds=seconds, why=f"{status}")


def pause_after(failures: int, *, share: float) -> float:
    """Seconds to wait after so many failures in a row, doubled each time; `share`, 0 to 1, spreads them."""
    return min(2.0 ** min(failures, 10), LONGEST_PAUSE_SECONDS) * (0.5 + share / 2)


def _is_receipt(content: bytes) -> bool:
    try:
        receipt = json.loads(content)
    except ValueError:
        return False
    return isinstance(receipt, dict) and isinstance(receipt.get("receipt_id"), str)


def _seconds(retry_after: str | None) -> float | None:
    if retry_after is None or not (retry_after.isascii() and retry_after.isdigit()):
        return None
    return min(float(retry_after), _LONGEST_ASKED_SECONDS)
