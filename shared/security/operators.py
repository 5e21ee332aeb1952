"""Who may operate the platform? An operator of all of it; one of a single establishment may not."""

from typing import Annotated

from fastapi import Depends

from shared.security.authentication import require
from shared.security.principal import Principal
from shared.web.problems import Problem


async def _of_the_platform(principal: Annotated[Principal, Depends(require("operator"))]) -> Principal:
    if principal.establishment is not None:
        raise Problem(403)
    return principal


PlatformOperator = Annotated[Principal, Depends(_of_the_platform)]
"""Declare a route's parameter so."""


def signed(by: str, operator: Principal) -> str:
    """The name that somebody gave, and the key that it was given with."""
    return f"{by} (key {operator.key_id})"
