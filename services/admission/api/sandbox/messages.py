"""Tries HL7 v2 messages, by the reading and the dialect of the door."""

from collections.abc import Iterable, Sequence
from functools import partial

from services.admission.api.hl7v2.door import LIMIT_BYTES, TOO_LONG, unreadable
from services.admission.api.hl7v2.reading import CheckedStatement, check_statement, read_message
from services.admission.api.sandbox.answers import finding_as, movement_as
from services.admission.api.sandbox.places import spelled
from services.admission.api.sandbox.shapes import Tried, TriedStatement
from services.admission.domain.adt.reading import AdtStatement
from services.admission.domain.hl7v2.acknowledgement import verdict_on
from services.admission.domain.hl7v2.errors import UnreadableMessage
from services.admission.domain.hl7v2.findings import Finding
from services.admission.domain.hl7v2.parse import parse, transported
from services.admission.domain.movement import ParsedMovement
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.hl7v2.dialects import dialect_of
from services.admission.handlers.try_movements import try_movements
from shared.security.principal import Principal

Checked = tuple[AdtStatement, CheckedStatement]


async def try_message(
    dependencies: Dependencies, number: int, raw: bytes, *, charset: str | None, source: Principal
) -> Tried:
    """What one message would become, and what it would be answered."""
    if len(raw) > LIMIT_BYTES:
        return _tried(number, [TOO_LONG])
    dialect = await dialect_of(dependencies, source.source_id)
    try:
        message = parse(raw, usual_charset=dialect.charset, charset=transported(charset))
    except UnreadableMessage as error:
        return _tried(number, [unreadable(error)])
    reading = await read_message(dependencies, message, dialect, source=source)
    takes_tests = dependencies.accepts_test_numbers
    checked = [(each, check_statement(each, accepts_test_numbers=takes_tests)) for each in reading.statements]
    found = dict.fromkeys(finding for _, each in checked for finding in each.findings)
    findings = [*reading.findings, *found]
    if verdict_on(tuple(findings)) != "A":
        return _tried(number, findings)
    statements = await _statements(dependencies, checked, source=source)
    return _tried(number, findings, statements, is_ignored=reading.is_ignored)


async def _statements(
    dependencies: Dependencies, checked: Sequence[Checked], *, source: Principal
) -> list[TriedStatement]:
    movements = [each.statement for _, each in checked if isinstance(each.statement, ParsedMovement)]
    tried = iter(await try_movements(dependencies, movements, source=source) if movements else [])
    statements: list[TriedStatement] = []
    for stated, each in checked:
        became = next(tried) if isinstance(each.statement, ParsedMovement) else None
        if became is None:
            statements.append(TriedStatement(states=stated.command))
        else:
            statements.append(movement_as(became, partial(_place, stated)))
    return statements


def _place(stated: AdtStatement, pointer: str) -> str:
    """Where it stands in the message; the pointer, where nothing of it came from the message."""
    return spelled(stated.place_of(pointer)) or pointer


def _tried(
    number: int,
    findings: Iterable[Finding],
    statements: Iterable[TriedStatement] = (),
    *,
    is_ignored: bool = False,
) -> Tried:
    found = tuple(findings)
    verdict = verdict_on(found)
    return Tried(
        number=number,
        verdict="ignored" if is_ignored else "taken" if verdict == "A" else "refused",
        answer=f"A{verdict}",
        problems=tuple(finding_as(each) for each in found),
        statements=tuple(statements),
    )
