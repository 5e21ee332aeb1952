"""Reads a message into what the JSON door would take: for the door, and for whoever only tries it."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from services.admission.api.movements import parse_movement
from services.admission.domain.adt.dialect import Dialect
from services.admission.domain.adt.read import read_adt
from services.admission.domain.adt.reading import AdtStatement, Reading, Sender
from services.admission.domain.adt.visit import finess_of
from services.admission.domain.hl7v2.findings import Finding
from services.admission.domain.hl7v2.heartbeat import HEARTBEAT, is_heartbeat
from services.admission.domain.hl7v2.message import Message, Place
from services.admission.domain.identities.statement import (
    Action,
    MoveStatement,
    NumberChange,
    NumberDeletion,
    PairStatement,
    Statement,
    StayDeletion,
    TraitsStatement,
    mistakes,
)
from services.admission.domain.movement import ParsedMovement
from services.admission.handlers.accept_movement import ask_for_affiliations
from services.admission.handlers.dependencies import Dependencies
from shared.security.principal import Principal
from shared.web.decoding import decode
from shared.web.problems import FieldError, Problem

RAW: Final = "hl7v2"
"""Name under which what the message says of a person is kept, in the record of their first statement."""
DEFAULT_ZONE: Final = ZoneInfo("Europe/Paris")
FOREIGN: Final = Finding(
    code=103,
    french="La clé appartient à un autre établissement.",
    english="The key belongs to another establishment.",
    place=Place("MSH", 4),
)
STATEMENTS: Final[dict[Action, type[Statement]]] = {
    "merge": PairStatement,
    "unmerge": PairStatement,
    "link": PairStatement,
    "unlink": PairStatement,
    "move": MoveStatement,
    "delete_stay": StayDeletion,
    "change_number": NumberChange,
    "delete_number": NumberDeletion,
    "traits": TraitsStatement,
}


class CheckedStatement(NamedTuple):
    """A statement as the JSON door would take it; nothing, where its findings refuse it."""

    body: bytes
    statement: ParsedMovement | Statement | None
    findings: tuple[Finding, ...] = ()


async def read_message(
    dependencies: Dependencies, message: Message, dialect: Dialect, *, source: Principal
) -> Reading:
    """What the message states, in the establishment that sends it; refused where the key is another's."""
    if is_heartbeat(message):
        return Reading(event=HEARTBEAT, is_ignored=True)
    sending = finess_of(message.header.text(4), Dialect(establishments=dialect.establishments))
    establishment = sending if sending in dialect.establishments.values() else source.establishment
    if establishment is None or not source.may_state(establishment):
        return Reading(findings=(FOREIGN,))
    await ask_for_affiliations(dependencies, [establishment])
    return read_adt(message, _sender(dependencies, establishment, dialect))


def check_statement(stated: AdtStatement, *, accepts_test_numbers: bool) -> CheckedStatement:
    """Read and check one statement of a message."""
    body = msgspec.json.encode({**stated.body, RAW: stated.text} if stated.text else stated.body)
    try:
        if stated.command == "movement":
            parsed = parse_movement(body, accepts_test_numbers=accepts_test_numbers)
            return CheckedStatement(body, parsed, tuple(_left_out(stated, parsed.ignored)))
        statement = decode(body, STATEMENTS[stated.command])
        wrong = [FieldError(*one) for one in mistakes(statement, accepts_test_numbers=accepts_test_numbers)]
        return CheckedStatement(body, None if wrong else statement, tuple(_refused(stated, wrong)))
    except Problem as problem:
        errors = problem.errors or [FieldError("", problem.title)]
        return CheckedStatement(body, None, tuple(_refused(stated, errors)))


def _sender(dependencies: Dependencies, establishment: str, dialect: Dialect) -> Sender:
    known = dependencies.affiliations.get(establishment)
    name = dialect.time_zone or (known.time_zone if known else None)
    return Sender(
        establishment=establishment,
        zone=ZoneInfo(name) if name else DEFAULT_ZONE,
        received_at=dependencies.clock(),
        dialect=dialect,
        takes_tests=dependencies.accepts_test_numbers,
    )


def _refused(stated: AdtStatement, errors: Sequence[FieldError]) -> Iterator[Finding]:
    for error in errors:
        yield Finding(
            code=102,
            french="Valeur refusée.",
            english=f"{error.pointer}: {error.detail}",
            place=stated.place_of(error.pointer),
        )


def _left_out(stated: AdtStatement, pointers: tuple[str, ...]) -> Iterator[Finding]:
    for pointer in pointers:
        yield Finding(
            code=102,
            french="Valeur illisible, ignorée.",
            english=f"{pointer} cannot be read and is left out.",
            place=stated.place_of(pointer),
            is_warning=True,
        )
