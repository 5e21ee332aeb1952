"""Says what was tried in the shapes of the answer, for JSON and for HL7 v2."""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from services.admission.api.movements import FOREIGN
from services.admission.api.sandbox.places import spelled
from services.admission.api.sandbox.shapes import PossibleEvent, SandboxLack, SandboxProblem, TriedStatement
from services.admission.domain.hl7v2.findings import Finding
from services.admission.domain.lacks.lack import Lack
from services.admission.domain.lacks.sayings import SAYINGS
from services.admission.handlers.try_movements import TriedMovement
from shared.events.registry import TYPES
from shared.web.problems import FieldError, Problem

_FRENCH: Final = {FOREIGN: "La clé appartient à un autre établissement."}


def movement_as(tried: TriedMovement, place_of: Callable[[str], str] = str) -> TriedStatement:
    """A movement as it would be published; `place_of` says where a JSON pointer stands."""
    data = tried.submission.data
    event = PossibleEvent(
        type=TYPES[type(data)], occurred_at=data.occurred_at, data=msgspec.to_builtins(data)
    )
    lacks = tuple(lack_as(each, place_of) for each in tried.lacks)
    return TriedStatement(states="movement", events=(event,), marks=tried.submission.marks, lacks=lacks)


def lack_as(lack: Lack, place_of: Callable[[str], str]) -> SandboxLack:
    """A lack in both languages."""
    french, english = SAYINGS[lack.code]
    return SandboxLack(code=lack.code, place=place_of(lack.pointer), french=french, english=english)


def refusal(problem: Problem) -> tuple[SandboxProblem, ...]:
    """Everything for which a door refuses JSON."""
    errors = problem.errors or (FieldError("", problem.title),)
    french = _FRENCH.get(problem.title, "Refusé." if not problem.errors else "Valeur refusée.")
    return tuple(SandboxProblem(place=one.pointer, french=french, english=one.detail) for one in errors)


def left_out(pointers: Iterable[str]) -> tuple[SandboxProblem, ...]:
    """Details of a JSON movement that cannot be read."""
    return tuple(
        SandboxProblem(
            place=pointer,
            french="Valeur illisible, ignorée.",
            english="cannot be read and is left out",
            is_warning=True,
        )
        for pointer in pointers
    )


def finding_as(finding: Finding) -> SandboxProblem:
    """A finding of HL7 v2, with its place as it is written in specifications."""
    return SandboxProblem(
        place=spelled(finding.place),
        french=finding.french,
        english=finding.english,
        code=finding.code,
        is_warning=finding.is_warning,
    )
