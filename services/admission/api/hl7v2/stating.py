"""States what a message says through the use cases of the JSON door; their answers become findings."""

from collections.abc import Sequence
from typing import Final, cast

from services.admission.api.hl7v2.reading import CheckedStatement, check_statement
from services.admission.domain.adt.reading import AdtStatement
from services.admission.domain.hl7v2.findings import Finding
from services.admission.domain.hl7v2.message import Place
from services.admission.domain.identities.statement import Action, Statement
from services.admission.domain.movement import ParsedMovement
from services.admission.domain.receipt import Conflict
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.hl7v2.accept_message import accept_message
from services.admission.handlers.identities.state_identity import (
    ReceivedStatement,
    StatementConflict,
    state_identities,
)
from shared.security.principal import Principal

CONFLICT: Final = Finding(
    code=205,
    french="Un autre message a été enregistré sous ce MSH-10.",
    english="Another message was stored under this MSH-10.",
    place=Place("MSH", 10),
)

OF_ANOTHER: Final = Finding(
    code=205,
    french="Ce numéro de séjour est aussi celui d'un autre patient, dont le séjour reste le sien.",
    english="This number of a stay is another patient's, too, whose stay remains theirs.",
    place=Place("PV1", 19),
    is_warning=True,
)


async def state_all(
    dependencies: Dependencies, statements: Sequence[AdtStatement], *, content: bytes, source: Principal
) -> tuple[Finding, ...]:
    """State all of it, movements alone or identities alone, in one commit; what is wrong or was left out.

    `content`: the digest by which a message is known again. Raises `NotCommitted` when nobody can tell.
    """
    takes_tests = dependencies.accepts_test_numbers
    checked = [check_statement(each, accepts_test_numbers=takes_tests) for each in statements]
    # Several statements about one person have the same mistakes.
    findings = tuple(dict.fromkeys(finding for each in checked for finding in each.findings))
    if any(each.statement is None for each in checked):
        return findings
    movements = [
        (each.statement, stated.synthesised)
        for stated, each in zip(statements, checked, strict=True)
        if isinstance(each.statement, ParsedMovement)
    ]
    if movements:
        outcome, is_of_another = await accept_message(dependencies, movements, content=content, source=source)
        is_conflict = isinstance(outcome, Conflict)
        if is_of_another:
            findings = (*findings, OF_ANOTHER)
    else:
        identities = [_identity(*each) for each in zip(statements, checked, strict=True)]
        taken = await state_identities(dependencies, identities, content=content, source=source)
        is_conflict = isinstance(taken, StatementConflict)
    return (*findings, CONFLICT) if is_conflict else findings


def _identity(stated: AdtStatement, checked: CheckedStatement) -> ReceivedStatement:
    return ReceivedStatement(
        cast("Action", stated.command), cast("Statement", checked.statement), checked.body
    )
