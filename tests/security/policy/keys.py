"""Keys of every kind, as those who attack and those who work hold them."""

from datetime import UTC, datetime
from functools import cache
from itertools import combinations
from typing import Final, get_args
from uuid import UUID

from shared.events.admission import Scope
from shared.security.principal import Principal

NOW: Final = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
HOSPITAL: Final = "750000002"
SITE: Final = "750000010"
"""Another site of the hospital's legal entity, to which a key may be bound, too."""
STRANGER: Final = "690000013"
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)


def key(
    *scopes: Scope, establishment: str | None = HOSPITAL, sites: frozenset[str] = frozenset()
) -> Principal:
    return Principal(
        source_id=UUID(int=1), establishment=establishment, scopes=frozenset(scopes), sites=sites
    )


@cache
def bound_keys() -> tuple[Principal, ...]:
    """Every set of scopes, at an establishment alone and at several."""
    sets = [scopes for size in range(len(SCOPES) + 1) for scopes in combinations(SCOPES, size)]
    places = (frozenset[str](), frozenset({SITE}))
    return tuple(key(*scopes, sites=sites) for scopes in sets for sites in places)


@cache
def platform_keys() -> tuple[Principal, ...]:
    """Keys that no establishment has, with each scope alone, all of them, and those of the services."""
    return (*(key(scope, establishment=None) for scope in SCOPES), key(*SCOPES, establishment=None))
