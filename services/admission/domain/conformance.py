"""Counts what is wrong with what sources send, by names that hold nothing of its content; pure.

A name is a status and the pointer to a field of our contract, a mark, or a code of table 0357 and a field of
HL7 v2: a closed set, so there are only so many rows.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from services.admission.domain.details import reported
from services.admission.domain.hl7v2.findings import Finding

MOST_NAMES: Final = 5000
"""So many are held until they are stored; what comes beyond is called `other`."""
OTHER: Final = "other"
_NUMBER: Final = re.compile(r"/\d+(?=/|$)")


@dataclass(slots=True)
class Tally:
    """What was counted since it was stored last."""

    seen: Counter[UUID] = field(default_factory=Counter)
    """Source -> movements and messages that were answered, whatever with."""
    faulty: Counter[UUID] = field(default_factory=Counter)
    """Source -> those of them with a problem, refused or not."""
    problems: Counter[tuple[UUID, str]] = field(default_factory=Counter)
    heartbeats: set[UUID] = field(default_factory=set)
    """Sources that said that they live, and nothing else."""
    numbers: dict[UUID, list[int]] = field(default_factory=dict)
    """Source -> the numbers that it gave to its messages, as they came."""

    def note(self, source_id: UUID, names: Collection[str]) -> None:
        """Count one movement or message that has these problems; `seen` is counted apart."""
        if not names:
            return
        self.faulty[source_id] += 1
        for name in set(names):
            key = (source_id, name)
            is_held = key in self.problems or len(self.problems) < MOST_NAMES
            self.problems[key if is_held else (source_id, OTHER)] += 1


def names_of_refusal(status: int, pointers: Iterable[str]) -> set[str]:
    """The problems of JSON that was refused; a field that our contract does not name is not repeated."""
    named = {_generalised(pointer) if reported([pointer]) else OTHER for pointer in pointers if pointer}
    return {f"{status} {name}" for name in named} or {str(status)}


def names_of_doubts(marks: Iterable[str], ignored: Iterable[str]) -> set[str]:
    """The problems of JSON that was taken: its marks, and details that were left out."""
    left_out = {f"ignored {_generalised(pointer)}" for pointer in ignored}
    return left_out | {f"mark {mark}" for mark in marks if not (left_out and mark == "detail_ignored")}


def names_of_findings(findings: Iterable[Finding]) -> set[str]:
    """The problems of a message of HL7 v2."""
    return {f"{finding.code} {_field(finding)}".strip() for finding in findings}


def _field(finding: Finding) -> str:
    place = finding.place
    if place is None:
        return ""
    return place.segment if place.field is None else f"{place.segment}-{place.field}"


def _generalised(pointer: str) -> str:
    return _NUMBER.sub("/*", pointer)
