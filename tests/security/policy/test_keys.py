import pytest

from shared.events.admission import Scope
from shared.security.policy.keys import may_create
from tests.security.policy.keys import HOSPITAL, SITE, STRANGER, bound_keys, key, platform_keys


@pytest.mark.parametrize(
    ("establishment", "sites", "scopes", "may"),
    [
        (HOSPITAL, (), ("read",), True),
        (HOSPITAL, (SITE,), ("read", "operator"), True),
        (SITE, (), ("read",), True),
        (HOSPITAL, (), ("intake",), False),
        (HOSPITAL, (), ("read", "circle"), False),
        (STRANGER, (), ("read",), False),
        (HOSPITAL, (STRANGER,), ("read",), False),
        (None, (), ("operator",), False),
    ],
)
def test_an_operator_of_an_establishment_creates_no_key_beyond_its_own(
    establishment: str | None, sites: tuple[str, ...], scopes: tuple[Scope, ...], may: bool
) -> None:
    operator = key("operator", "read", sites=frozenset({SITE}))
    assert may_create(operator, establishment=establishment, sites=sites, scopes=scopes) is may


def test_who_is_no_operator_creates_no_key() -> None:
    creators = [
        each
        for each in [*bound_keys(), *platform_keys()]
        if may_create(each, establishment=HOSPITAL, sites=(), scopes=())
    ]
    assert all("operator" in each.scopes for each in creators)


def test_an_operator_of_the_platform_creates_any_key() -> None:
    operator = key("operator", establishment=None)
    assert may_create(operator, establishment=STRANGER, sites=(), scopes=("intake", "read"))
    assert may_create(operator, establishment=None, sites=(), scopes=("operator", "ledger"))
