"""Every operation of every service, for keys of every kind, and every relation: what the policy decides.

The operations come from the routing tables, and what is expected of them from the committed
`docs/contracts/access.json`, which is read here by rules of its own.
"""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, get_args
from uuid import UUID

import pytest
from fastapi import APIRouter, FastAPI

from shared.documents.access import NoOperation, operations_of
from shared.documents.all import applications
from shared.security.policy.decide import decide
from shared.security.policy.operations import RULES, Operation
from shared.security.principal import Principal
from shared.stays.relations import Basis, Relation, stated_by
from tests.security.policy.keys import HOSPITAL, NOW, SITE, STRANGER, bound_keys, platform_keys

HOUR: Final = timedelta(hours=1)
BASES: Final[tuple[Basis, ...]] = get_args(Basis)
STAYS: Final = frozenset({UUID(int=7)})
OTHER: Final = UUID(int=8)

COMMITTED: Final = json.loads((Path(__file__).parents[3] / "docs/contracts/access.json").read_text())
ROUTES: Final[dict[str, dict[str, Any]]] = {
    f"{service} {route}": rule for service, routes in COMMITTED.items() for route, rule in routes.items()
}
PLATFORMS: Final = {
    "read_ledger",
    "read_inbox",
    "read_reconciliation",
    "read_operations",
    "pause_part",
    "list_parked",
    "show_parked",
    "retry_parked",
    "dismiss_parked",
}


def related(
    basis: Basis, establishment: str = HOSPITAL, *, begins: timedelta = -HOUR, ends: timedelta | None = HOUR
) -> Relation:
    return Relation(
        establishments=frozenset({establishment, STRANGER} if basis == "transfer" else {establishment}),
        basis=basis,
        begins_at=NOW + begins,
        ends_at=None if ends is None else NOW + ends,
        stays=STAYS,
    )


def allows(rule: dict[str, Any], principal: Principal, relation: Relation | None) -> bool:
    """What the committed table says, for a relation that holds."""
    if rule["whom"] == "capability":
        return True
    if not set(rule["scopes"]) & principal.scopes:
        return False
    if principal.establishment is None:
        return bool(rule["whom"] != "related" or "operator" in principal.scopes)
    if rule["whom"] != "related":
        return bool(rule["whom"] == "anybody")
    own = {principal.establishment, *principal.sites}
    return relation is not None and relation.basis in rule["bases"] and bool(own & relation.establishments)


def test_every_route_of_every_service_is_one_operation_of_the_table() -> None:
    served = {
        f"{service} {route}": operation
        for service, app in applications()
        for route, operation in operations_of(app).items()
    }
    assert served == {route: rule["operation"] for route, rule in ROUTES.items()}


def test_every_operation_that_has_a_rule_is_served() -> None:
    assert {rule["operation"] for rule in ROUTES.values()} == set(RULES) == set(get_args(Operation))


def test_a_route_without_an_operation_is_no_route() -> None:
    app, router = FastAPI(openapi_url=None, docs_url=None, redoc_url=None), APIRouter()

    @router.get("/v1/open")
    async def left_open() -> None: ...

    app.include_router(router)
    with pytest.raises(NoOperation, match="GET /v1/open"):
        operations_of(app)


@pytest.mark.parametrize("route", ROUTES)
def test_the_policy_decides_as_the_table_says(route: str) -> None:
    rule = ROUTES[route]
    relations = [None, *(related(basis, place) for basis in BASES for place in (HOSPITAL, SITE, "010000024"))]
    wrong = [
        (principal, relation)
        for principal in [*bound_keys(), *platform_keys()]
        for relation in relations
        if decide(principal, rule["operation"], [relation] if relation else [], at=NOW).allowed
        is not allows(rule, principal, relation)
    ]
    assert wrong == []


@pytest.mark.parametrize("operation", sorted(PLATFORMS))
def test_no_key_of_an_establishment_reaches_what_is_the_platforms(operation: Operation) -> None:
    relations = [related(basis, place, ends=None) for basis in BASES for place in (HOSPITAL, SITE)]
    assert not any(decide(key, operation, relations, at=NOW).allowed for key in bound_keys())


KEYLESS = {operation for operation, rule in RULES.items() if rule.whom == "capability"}


@pytest.mark.parametrize("operation", sorted(set(RULES) - KEYLESS))
def test_a_relation_that_does_not_hold_gives_nothing(operation: Operation) -> None:
    alone = [principal for principal in bound_keys() if decide(principal, operation, at=NOW).allowed]
    for basis in BASES:
        gone = related(basis, begins=-2 * HOUR, ends=timedelta(0))
        to_come = related(basis, begins=HOUR, ends=None)
        forgotten = related(basis)
        for principal in bound_keys():
            assert decide(principal, operation, [gone, to_come], at=NOW).allowed is (principal in alone)
            assert decide(principal, operation, [forgotten]).allowed is (principal in alone)


@pytest.mark.parametrize("operation", sorted(RULES))
def test_one_more_scope_never_takes_anything_away(operation: Operation) -> None:
    keys, relations = bound_keys(), [stated_by([HOSPITAL])]
    allowed = [key.scopes for key in keys if decide(key, operation, relations, at=NOW).allowed]
    assert {key.scopes for key in keys if any(less <= key.scopes for less in allowed)} == set(allowed)


def test_what_is_seen_is_what_the_relations_show_together() -> None:
    [stay] = STAYS
    [reader] = [key for key in bound_keys() if key.scopes == {"read"} and not key.sites]
    some = decide(reader, "read_pathway", [related("states"), related("team", STRANGER)], at=NOW)
    assert (some.shows(stay, SITE), some.shows(OTHER, SITE), some.shows_everything) == (True, False, False)
    whole = Relation(establishments=frozenset({HOSPITAL}), basis="team", begins_at=NOW)
    every = decide(reader, "read_pathway", [related("states"), whole], at=NOW)
    assert (every.shows(OTHER, SITE), every.shows_everything, every.reason) == (True, True, "states")
    network = replace(whole, basis="network", of=frozenset({SITE}))
    part = decide(reader, "read_pathway", [network], at=NOW)
    assert (part.shows(OTHER, SITE), part.shows(OTHER, STRANGER)) == (True, False)
    assert not part.shows_everything
    none = decide(reader, "read_pathway", [related("team", STRANGER)], at=NOW)
    assert (none.shows(stay, SITE), none.refusal) == (False, "unrelated")
