"""States what a message says through the use cases of the JSON door; their answers become findings."""

from typing import Final, cast

from services.admission.api.hl7v2.reading import understand
from services.admission.api.movements import ParsedMovement
from services.admission.domain.adt.reading import Stated
from services.admission.domain.hl7v2.findings import Finding
from services.admission.domain.hl7v2.message import Place
from services.admission.domain.identities.statement import Action
from services.admission.domain.receipt import Conflict
from services.admission.handlers.accept_movement import accept_movement
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.identities.state_identity import StatementConflict, state_identity
from shared.security.principal import Principal

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
    understood = understand(stated, text=text, accepts_test_numbers=dependencies.accepts_test_numbers)
    what, body = understood.what, understood.body
    if what is None:
        return understood.findings
    if isinstance(what, ParsedMovement):
        outcome = await accept_movement(
            dependencies, what.movement, body=body, source=source, ignored=what.ignored, content=content
        )
        is_conflict = isinstance(outcome, Conflict)
    else:
        command = cast("Action", stated.command)
        taken = await state_identity(dependencies, command, what, body=body, source=source, content=content)
        is_conflict = isinstance(taken, StatementConflict)
    return (*understood.findings, _CONFLICT) if is_conflict else understood.findings
