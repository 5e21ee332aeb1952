"""Authentication of a request, behind the one port by which callers are recognised, and what its route asks.

A refusal never says why: a missing, an unknown and a revoked key get the same answer.
"""

from typing import Final, Protocol

from fastapi import Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from shared.security.audit.access import AUDITOR
from shared.security.policy.decide import refusal_at_door
from shared.security.policy.operations import Operation
from shared.security.principal import Principal
from shared.web.client_certificates import CLIENT_CERTIFICATE
from shared.web.middleware.places import place_of
from shared.web.middleware.request_telemetry import KEY_EXPIRES_AT
from shared.web.problems import Problem
from shared.web.state import StateEntry


class Authenticator(Protocol):
    """Recognises callers by their `Authorization` header or, where there is none, by their certificate."""

    async def authenticate(self, credential: str | None, /) -> Principal | None:
        """The caller of this header or `ClientCertificate`, or None if unknown.

        Raises only what means that nobody can be recognised now.
        """
        ...


AUTHENTICATOR: Final = StateEntry[Authenticator]("authenticator")
"""Recognises the callers of an application."""


class Permission(SecurityBase):
    """A dependency that names the operation of its route, and lets in who may ask for it."""

    def __init__(self, operation: Operation) -> None:
        self.model = HTTPBearer(description="API key of a source")
        self.scheme_name = "key"
        self.operation = operation

    async def __call__(self, request: Request) -> Principal:
        """The caller; 401 when nobody is recognised, 403 when the policy refuses whatever it is about."""
        authenticator = AUTHENTICATOR.of(request)
        header = request.headers.get("authorization")
        credential = request.scope.get(CLIENT_CERTIFICATE) if header is None else header
        principal = await authenticator.authenticate(credential)
        place = place_of(request.scope)
        if principal is None:
            if place is not None:
                place.unrecognised()
            raise Problem(401, headers={"www-authenticate": "Bearer"})
        if place is not None:
            place.recognised(principal.key_id or principal.source_id, principal.limits)
        if principal.expires_soon_at is not None:
            request.scope[KEY_EXPIRES_AT] = principal.expires_soon_at.isoformat().encode()
        refusal, auditor = refusal_at_door(principal, self.operation), AUDITOR.find(request)
        if auditor is not None:
            await auditor.open(request, principal, self.operation, refusal=refusal)
        if refusal is not None:
            raise Problem(403)
        return principal


class Capability:
    """A dependency that names the operation of a route whose address admits by itself; lets in everybody."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    async def __call__(self, request: Request) -> None:
        """Ask nothing: the route checks its address."""
        auditor = AUDITOR.find(request)
        if auditor is not None:
            await auditor.open(request, None, self.operation)
