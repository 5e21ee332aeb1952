"""States what a message says through the use cases of the JSON door; their answers become findings."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from services.admission.api.movements import parse_movement
from services.admission.domain.adt.reading import Stated
from services.admission.domain.hl7v2.findings import Finding
from services.admission.domain.hl7v2.message import Place
from services.admission.domain.identities.statement import (
    Action,
    MoveStatement,
    NumberChange,
    NumberDeletion,
    PairStatement,
    Statement,
    TraitsStatement,
    mistakes,
)
from services.admission.domain.receipt import Conflict
from services.admission.handlers.accept_movement import accept_movement
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.identities.state_identity import StatementConflict, state_identity
from shared.security.principal import Principal
from shared.web.decoding import decode
from shared.web.problems import FieldError, Problem

RAW: Final = "hl7v2"
"""Name under which the message is kept in the sealed record of what it stated."""

_STATEMENTS: Final[dict[Action, type[Statement]]] = {
    "merge": PairStatement,
    "unmerge": PairStatement,
    "link": PairStatement,
    "unlink": PairStatement,
    "move": MoveStatement,
    "change_number": NumberChange,
    "delete_number": NumberDeletion,
    "traits": TraitsStatement,
}

_CONFLICT: Final = Finding(
    code=205,
    french="Un autre message a été enregistré sous ce MSH-10.",
    english="Another message was stored under this MSH-10.",
    place=Place("MSH", 10),
)


async def state(
    dependencies: Dependencies, stated: Stated, *, text: str, content: bytes, source: Principal
) -> tuple[Finding, ...]:
    """State it, once; what is wrong or was left out. `content` is the digest by which it is known again.

    Raises `NotCommitted` when nobody can tell what became of it.
    """
    body = msgspec.json.encode({**stated.body, RAW: text})
    try:
        if stated.command == "movement":
            parsed = parse_movement(body, accepts_test_numbers=dependencies.accepts_test_numbers)
            outcome = await accept_movement(
                dependencies,
                parsed.movement,
                body=body,
                source=source,
                ignored=parsed.ignored,
                content=content,
            )
            left_out = tuple(_left_out(stated, parsed.ignored))
            return (*left_out, _CONFLICT) if isinstance(outcome, Conflict) else left_out
        statement = decode(body, _STATEMENTS[stated.command])
        wrong = mistakes(statement, accepts_test_numbers=dependencies.accepts_test_numbers)
        refused = tuple(_refused(stated, [FieldError(*one) for one in wrong]))
        if refused:
            return refused
        taken = await state_identity(
            dependencies, stated.command, statement, body=body, source=source, content=content
        )
        return (_CONFLICT,) if isinstance(taken, StatementConflict) else ()
    except Problem as problem:
        return tuple(_refused(stated, problem.errors or [FieldError("", problem.title)]))


def _refused(stated: Stated, errors: Sequence[FieldError]) -> Iterator[Finding]:
    for error in errors:
        yield Finding(
            code=102,
            french="Valeur refusée.",
            english=f"{error.pointer}: {error.detail}",
            place=stated.place_of(error.pointer),
        )


def _left_out(stated: Stated, pointers: tuple[str, ...]) -> Iterator[Finding]:
    for pointer in pointers:
        yield Finding(
            code=102,
            french="Valeur illisible, ignorée.",
            english=f"{pointer} cannot be read and is left out.",
            place=stated.place_of(pointer),
            is_warning=True,
        )
