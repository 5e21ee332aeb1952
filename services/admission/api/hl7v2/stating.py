"""States what a message says through the use cases of the JSON door; their answers become findings."""

from collections.abc import Iterator, Sequence
from typing import Final, cast

from services.admission.api.hl7v2.reading import CheckedStatement, check_statement
from services.admission.domain.adt.reading import AdtStatement
from services.admission.domain.hl7v2.findings import Finding
from services.admission.domain.hl7v2.message import Place
from services.admission.domain.identities.statement import Action, Statement
from services.admission.domain.movement import ParsedMovement
from services.admission.domain.receipt import Conflict, Outcome
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


UNIT_UNKNOWN: Final = Finding(
    code=103,
    french="PV1-3, ZBE-7 ou ZBE-8 : unité non déclarée par l'établissement ; un code opaque circule.",
    english="PV1-3, ZBE-7 or ZBE-8: the establishment did not register this unit; an opaque code travels.",
    place=Place("PV1", 3),
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
        return (*findings, *_doubts(outcome, is_of_another=is_of_another))
    identities = [_identity(*each) for each in zip(statements, checked, strict=True)]
    taken = await state_identities(dependencies, identities, content=content, source=source)
    return (*findings, CONFLICT) if isinstance(taken, StatementConflict) else findings


def _doubts(outcome: Outcome, *, is_of_another: bool) -> Iterator[Finding]:
    if is_of_another:
        yield OF_ANOTHER
    if isinstance(outcome, Conflict):
        yield CONFLICT
    elif "unit_unknown" in outcome.receipt.marks:
        yield UNIT_UNKNOWN


def _identity(stated: AdtStatement, checked: CheckedStatement) -> ReceivedStatement:
    return ReceivedStatement(
        cast("Action", stated.command), cast("Statement", checked.statement), checked.body
    )
