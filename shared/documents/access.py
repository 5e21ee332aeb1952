"""The table of accesses: the operation of each route of each service, and whom the policy admits to it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.runtime.errors import RelaisError
from shared.security.authentication import Capability, Permission
from shared.security.policy.operations import AUDITS, RULES, Operation

WITHOUT_OPERATION: Final = frozenset(
    {"/health", "/ready", "/metrics", "/openapi.json", "/docs", "/docs/{name}", "/sandbox", "/sandbox/{name}"}
)
"""What tells nothing about anybody, and is open to whoever reaches the port."""


class NoOperation(RelaisError):  # noqa: N818
    """A route does not name the one operation that it is."""


def access_table(applications: Mapping[str, FastAPI]) -> dict[str, Any]:
    """Service -> `GET /v1/things` -> the operation and its rule."""
    return {
        service: {
            name: {
                "operation": operation,
                "whom": RULES[operation].whom,
                "scopes": sorted(RULES[operation].scopes),
                "bases": sorted(RULES[operation].bases),
                "audit": AUDITS[operation],
            }
            for name, operation in sorted(operations_of(app).items())
        }
        for service, app in applications.items()
    }


def operations_of(app: FastAPI) -> dict[str, Operation]:
    """`GET /v1/things` -> its operation; raises `NoOperation` when a route names none, or several."""
    found: dict[str, Operation] = {}
    for route in _routes(app.routes):
        if route.path in WITHOUT_OPERATION:
            continue
        for method in sorted(route.methods or ()):
            named = list(_named(route.dependant))
            if len(named) != 1:
                raise NoOperation(f"{method} {route.path}")
            found[f"{method} {route.path_format}"] = named[0]
    return found


def _routes(routes: Any) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):  # how the framework keeps a router that was included
            yield from _routes(route.original_router.routes)
        else:
            raise NoOperation(str(route))


def _named(dependant: Dependant) -> Iterator[Operation]:
    for each in dependant.dependencies:
        if isinstance(each.call, Permission | Capability):
            yield each.call.operation
        yield from _named(each)
