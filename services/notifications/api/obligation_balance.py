"""`/v1/reconciliation/obligations`: the balance of what was due and what became of it, by day."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.notifications.api import DEPENDENCIES
from services.notifications.handlers.obligations.obligation_balance import ObligationsTallies, read_balance
from shared.security.authentication import Permission
from shared.security.principal import Principal
from shared.web import responses
from shared.web.contract import describe
from shared.web.problems import FieldError, Problem

_MAX_DAYS: Final = 92

router = APIRouter()
ReadAccess = Annotated[Principal, Depends(Permission("read_obligation_balance"))]


@router.get(
    "/v1/reconciliation/obligations",
    **describe(
        "Count what became of obligations, by day", caller="operator", answers={200: ObligationsTallies}
    ),
)
async def get_obligation_balance(
    request: Request,
    principal: ReadAccess,
    since: date,
    until: date,
) -> Response:
    """How many obligations were due on each day, `until` included, and what became of them, with reasons.

    An establishment's key reads its own balance. `unexplained` is 0, or somebody must look.
    """
    dependencies = DEPENDENCIES.of(request)
    if not 0 <= (until - since).days < _MAX_DAYS:
        problem = FieldError("/query/until", f"from `since` to {_MAX_DAYS - 1} days later")
        raise Problem(422, "The request does not fit", errors=[problem])
    if principal.establishment is None and "operator" not in principal.scopes:
        raise Problem(403)
    answer = await read_balance(dependencies, since=since, until=until, establishment=principal.establishment)
    return responses.json(200, answer)
