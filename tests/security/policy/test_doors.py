"""Every operation of every service as it is served, asked with every kind of key: who gets in at all.

The routes come from the routing tables of the real applications, fast paths included. Behind the door nothing
is connected, so whoever gets in gets any other answer than 401 and 403.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import count
from typing import Final, get_args
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.types import Message

from shared.documents.access import operations_of
from shared.events.admission import Scope
from shared.security.authentication import AUTHENTICATOR
from shared.security.policy.operations import RULES
from shared.security.principal import Principal
from shared.spine.operations.paths import is_operation
from shared.spine.service.api import create_api, create_operations
from shared.web.client_certificates import CLIENT_CERTIFICATE, ClientCertificate
from tests.security.policy.keys import HOSPITAL, key

SERVICES: Final = ("admission", "pathway", "notifications", "indicators")
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
HOSPITALS: Final[dict[str, Principal]] = {f"hospital-{scope}": key(scope) for scope in SCOPES}
PLATFORMS: Final[dict[str, Principal]] = {
    f"platform-{scope}": key(scope, establishment=None) for scope in SCOPES
}
KNOWN: Final = HOSPITALS | PLATFORMS
UNKNOWN: Final = (
    None,
    "",
    "Bearer",
    "Bearer ",
    "Bearer revoked",
    "Bearer expired",
    "Basic hospital-read",
    "hospital-read",
    "Bearer é",
    "Bearer " + "x" * 5000,
    ClientCertificate.of(b"revoked"),
    str(ClientCertificate.of(b"hospital-read")),
    f"Bearer {ClientCertificate.of(b'hospital-read')}",
)
REFUSED: Final = {401, 403}
_callers: Final = count()
VALUES: Final = {
    "parked_id": "1",
    "part": "relay",
    "finess": HOSPITAL,
    "publisher": "admission",
    "name": "occupancy",
}


class KnownKeys:
    """Recognises the keys and certificates of this test; who was revoked is as unknown as any."""

    async def authenticate(self, credential: str | None) -> Principal | None:
        if isinstance(credential, ClientCertificate):
            return next((KNOWN[name] for name in KNOWN if certificate_of(name) == credential), None)
        scheme, _, name = (credential or "").partition(" ")
        return KNOWN.get(name) if scheme == "Bearer" else None


def certificate_of(name: str) -> ClientCertificate:
    return ClientCertificate.of(name.encode())


def apps_of(service: str) -> dict[str, FastAPI]:
    """What is served on the port of the API, and on that of operations."""
    defined = import_module(f"services.{service}.wiring").SERVICE
    app = create_api(defined)
    AUTHENTICATOR.set(app, KnownKeys())
    return {service: app, f"{service}-operations": create_operations(defined, app)}


APPS: Final = {name: app for service in SERVICES for name, app in apps_of(service).items()}
ROUTES: Final = {
    f"{service} {route}": operation
    for service, app in APPS.items()
    for route, operation in operations_of(app).items()
}
WITH_KEY: Final = [route for route, operation in ROUTES.items() if RULES[operation].whom != "capability"]


class _Answer:
    """Of one request without a body to an application, which is called as a server calls it.

    A client of HTTP would take as long as the application, for thousands of requests.
    """

    status = 0
    content = b""

    async def receive(self) -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.content += message.get("body", b"")


async def answers(route: str, shown: Sequence[str | None], *, port: str = "") -> list[_Answer]:
    """What is answered, here or at `port`, to who shows these: `Authorization` headers, client certificates,
    or (`None`) nothing."""
    service, method, path = route.split()
    url = re.sub(r"\{(\w+)\}", lambda found: VALUES.get(found[1], str(UUID(int=1))), path)
    found = []
    for each in shown:
        certificate = each if isinstance(each, ClientCertificate) else None
        given = [] if each is None or certificate else [(b"authorization", each.encode())]
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": url,
            "raw_path": url.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"relais.test"), *given],
            "server": ("relais.test", 80),
            # Each from an address of its own: many mistakes of one are answered later, and not by the policy.
            "client": (f"10.0.{next(_callers)}.1", 1),
            **({CLIENT_CERTIFICATE: certificate} if certificate else {}),
        }
        answer = _Answer()
        # After an answer to what nobody foresaw, it is raised as well.
        with suppress(Exception):
            await APPS[port or service](scope, answer.receive, answer.send)
        found.append(answer)
    return found


@pytest.mark.parametrize("route", WITH_KEY)
async def test_without_a_key_that_is_known_nobody_gets_in(route: str) -> None:
    refused = await answers(route, list(UNKNOWN))
    assert [answer.status for answer in refused] == [401] * len(UNKNOWN)
    assert len({answer.content for answer in refused}) == 1


@pytest.mark.parametrize("shown", [lambda name: f"Bearer {name}", certificate_of], ids=["key", "certificate"])
@pytest.mark.parametrize("route", WITH_KEY)
async def test_a_key_with_one_scope_gets_in_where_that_scope_is_enough(
    route: str, shown: Callable[[str], str]
) -> None:
    rule = RULES[ROUTES[route]]
    names = list(KNOWN)
    found = await answers(route, [shown(name) for name in names])
    let_in = {name for name, answer in zip(names, found, strict=True) if answer.status not in REFUSED}
    enough = {f"hospital-{scope}" for scope in rule.scopes if rule.whom != "platform"}
    assert let_in & HOSPITALS.keys() == enough
    # An operation about an establishment of one's own may refuse a key that no establishment has.
    assert let_in & PLATFORMS.keys() <= {f"platform-{scope}" for scope in rule.scopes}


@pytest.mark.parametrize("route", sorted(set(ROUTES) - set(WITH_KEY)))
async def test_what_an_address_admits_asks_for_no_key(route: str) -> None:
    statuses = {answer.status for answer in await answers(route, [None, "Bearer revoked"])}
    assert statuses.isdisjoint(REFUSED)
    assert len(statuses) == 1


@pytest.mark.parametrize("service", SERVICES)
async def test_the_port_of_the_api_knows_no_operation_and_no_figure(service: str) -> None:
    """Not even to the operator of the platform, nor by another word than to any path that there is not."""
    other = f"{service}-operations"
    served = [route for route in ROUTES if route.startswith(f"{other} ")]
    assert {"GET /v1/operations", "PUT /v1/pauses/{part}"} <= {route.partition(" ")[2] for route in served}
    for route in (*served, f"{other} GET /metrics"):
        method = route.split()[1]
        found = await answers(route, [None, "Bearer platform-operator"], port=service)
        nothing = await answers(f"{service} {method} /v1/nothing", [None, "Bearer platform-operator"])
        assert [answer.status for answer in (*found, *nothing)] == [404] * 4, route
        assert [answer.content for answer in found] == [answer.content for answer in nothing]
    [figures] = await answers(f"{other} GET /metrics", [None])
    assert (figures.status, b"relais_" in figures.content) == (200, True)


def test_whoever_chooses_a_port_by_the_path_finds_the_one_that_serves_it() -> None:
    chosen = {route: is_operation(route.split()[2]) for route in ROUTES}
    assert chosen == {route: route.split()[0].endswith("-operations") for route in ROUTES}
