"""Defines what the sandbox answers: what each part would become, and everything to be said about it."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from services.admission.domain.adt.reading import Command
from services.admission.domain.checks import Mark
from services.admission.domain.lacks.lack import LackCode

Format = Literal["json", "ndjson", "hl7v2"]
Verdict = Literal["taken", "ignored", "refused"]


class SandboxProblem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that is wrong (`is_warning`: that is left out, and refuses nothing)."""

    place: str
    """JSON pointer, or a place of HL7 v2 such as `PID-3[2].4`; empty where it concerns everything."""
    french: str
    english: str
    code: int | None = None
    """Of HL7 v2: table 0357."""
    is_warning: bool = False


class SandboxLack(Struct, frozen=True, kw_only=True):
    """Something that a movement lacks to be watched, or to be told; it is taken all the same."""

    code: LackCode
    place: str
    """JSON pointer, or a place of HL7 v2."""
    french: str
    english: str


class PossibleEvent(Struct, frozen=True, kw_only=True):
    """An event that it would become, as it would be published (see the AsyncAPI document)."""

    type: str
    occurred_at: datetime
    data: Any


class TriedStatement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is stated. What a statement about identities changes depends on whom its numbers mean
    then, so its events are not known before."""

    states: Command
    events: tuple[PossibleEvent, ...] = ()
    marks: tuple[Mark, ...] = ()
    """Doubts that its receipt would show."""
    lacks: tuple[SandboxLack, ...] = ()


class Tried(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line, or one message."""

    number: int
    """Counted from 1; of lines, empty ones count and are not answered."""
    verdict: Verdict
    answer: str
    """What the door would answer: a status of HTTP, or MSA-1."""
    problems: tuple[SandboxProblem, ...] = ()
    statements: tuple[TriedStatement, ...] = ()


class SandboxAnswer(Struct, frozen=True, kw_only=True):
    """What would become of everything that was sent; nothing was stored."""

    format: Format
    """As it was read."""
    tried: tuple[Tried, ...]
    left_unread: int = 0
    """So many lines or messages at the end were not read, because too many before them were refused."""
