"""Says which keys a caller may create: none that may do more than its own."""

from collections.abc import Collection

from shared.events.admission import Scope
from shared.security.policy.decide import decide
from shared.security.principal import Principal
from shared.stays.relations import stated_by


def may_create(
    principal: Principal, *, establishment: str | None, sites: Collection[str], scopes: Collection[Scope]
) -> bool:
    """Whether a key of that establishment (`None`: of the platform) and those sites may be created."""
    places = {establishment, *sites}
    if principal.is_platform_operator:
        return True
    return set(scopes) <= principal.scopes and all(
        place is not None and decide(principal, "create_source", [stated_by([place])]).allowed
        for place in places
    )
