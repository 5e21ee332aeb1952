"""Authentication and scopes of a request, behind the one port by which callers are recognised.

A refusal never says why: a missing, an unknown and a revoked key get the same answer.
"""

from typing import Annotated, Final, Protocol

from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from shared.events.admission import Scope
from shared.security.principal import Principal
from shared.web.problems import Problem
from shared.web.state import StateEntry


class Authenticator(Protocol):
    """Recognises callers by their `Authorization` header."""

    async def authenticate(self, authorization_header: str | None) -> Principal | None:
        """The caller, or None if unknown; raises only what means that nobody can be recognised now."""
        ...


AUTHENTICATOR: Final = StateEntry[Authenticator]("authenticator")
"""Recognises the callers of an application."""


class _Required(SecurityBase):
    """A dependency that FastAPI also knows as a security scheme."""

    def __init__(self, scopes: frozenset[Scope]) -> None:
        self.model = HTTPBearer(description="API key of a source")
        self.scheme_name = "key"
        self._scopes = scopes

    async def __call__(self, request: Request) -> Principal:
        authenticator = AUTHENTICATOR.of(request)
        principal = await authenticator.authenticate(request.headers.get("authorization"))
        if principal is None:
            raise Problem(401, headers={"www-authenticate": "Bearer"})
        if not self._scopes & principal.scopes:
            raise Problem(403)
        return principal


def require(scope: Scope, *or_scopes: Scope) -> _Required:
    """A dependency that returns the `Principal`, who has at least one of the scopes.

    401 when nobody is recognised, 403 when the scope is missing. Asks `AUTHENTICATOR`.
    """
    return _Required(frozenset((scope, *or_scopes)))


async def _require_platform_operator(
    principal: Annotated[Principal, Depends(require("operator"))],
) -> Principal:
    if principal.establishment is not None:
        raise Problem(403)
    return principal


PlatformOperator = Annotated[Principal, Depends(_require_platform_operator)]
"""A route's parameter of this type is an operator of the whole platform; 403 for one of an establishment."""
