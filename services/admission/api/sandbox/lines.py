"""Tries movements and statements about identities that come as JSON, alone or line by line."""

from collections.abc import Sequence

from services.admission.api.batch_lines import Line, parse_line
from services.admission.api.hl7v2.reading import STATEMENTS
from services.admission.api.identities.statements import parse_statement
from services.admission.api.movements import FOREIGN, UNREADABLE
from services.admission.api.sandbox.answers import left_out, movement_as, refusal
from services.admission.api.sandbox.shapes import Tried, TriedStatement
from services.admission.domain.adt.reading import Command
from services.admission.domain.identities.statement import Action
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.try_movements import try_movements
from shared.security.principal import Principal
from shared.web.problems import Problem


async def try_line(dependencies: Dependencies, line: Line, command: Command, *, source: Principal) -> Tried:
    """What one body or line would become."""
    if command != "movement":
        return _try_statement(dependencies, line, command, source=source)
    parsed = parse_line(line, source=source, accepts_test_numbers=dependencies.accepts_test_numbers)
    if isinstance(parsed, Problem):
        return _refused(line, parsed)
    [tried] = await try_movements(dependencies, [parsed], source=source)
    if tried is None:
        return _refused(line, Problem(422, UNREADABLE))
    return _taken(line, movement_as(tried), ignored=parsed.ignored)


def _try_statement(dependencies: Dependencies, line: Line, action: Action, *, source: Principal) -> Tried:
    try:
        statement = parse_statement(
            line.body, STATEMENTS[action], accepts_test_numbers=dependencies.accepts_test_numbers
        )
    except Problem as problem:
        return _refused(line, problem)
    if not source.may_state(statement.establishment):
        return _refused(line, Problem(403, FOREIGN))
    return _taken(line, TriedStatement(states=action))


def _taken(line: Line, stated: TriedStatement, *, ignored: Sequence[str] = ()) -> Tried:
    return Tried(
        number=line.number,
        verdict="taken",
        answer="202",
        problems=left_out(ignored),
        statements=(stated,),
    )


def _refused(line: Line, problem: Problem) -> Tried:
    answer = str(problem.status_code)
    return Tried(number=line.number, verdict="refused", answer=answer, problems=refusal(problem))
