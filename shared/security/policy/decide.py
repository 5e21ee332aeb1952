"""Decides whether a caller may do something, and says why or why not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args
from uuid import UUID

from shared.security.policy.operations import RULES, Operation
from shared.security.principal import Principal
from shared.stays.relations import Basis, Relation

Reason = Basis | Literal["platform", "scope", "capability"]
"""Why it is allowed: a relation, an operator of the platform, a scope that is enough, the address itself."""

Refusal = Literal["scope", "bound", "unrelated"]
"""`scope`: the key has none that does; `bound`: it is an establishment's, and this is the platform's;
`unrelated`: nothing relates the caller to what it asks for, which must look as if it did not exist."""

_PREFERRED: Final[tuple[Basis, ...]] = get_args(Basis)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether an access is allowed, and why."""

    reason: Reason | None = None
    refusal: Refusal | None = None
    relations: tuple[Relation, ...] = ()
    """Those of the caller that hold now: what is seen is what they show."""

    @property
    def allowed(self) -> bool:
        return self.refusal is None

    @property
    def shows_everything(self) -> bool:
        """Whether the whole pathway may be seen, not just some of its stays."""
        return self.allowed and (
            self.reason == "platform"
            or any(relation.stays is None and not relation.of for relation in self.relations)
        )

    def shows(self, stay_id: UUID, establishment: str) -> bool:
        """Whether this stay, in this establishment, may be seen."""
        return self.reason == "platform" or any(
            relation.shows(stay_id, establishment) for relation in self.relations
        )


def refusal_at_door(principal: Principal, operation: Operation) -> Refusal | None:
    """Why the caller may not even ask, whatever it is about; `None` when that depends on relations."""
    rule = RULES[operation]
    if rule.whom == "capability":
        return None
    if not rule.scopes & principal.scopes:
        return "scope"
    return "bound" if rule.whom == "platform" and principal.establishment is not None else None


def decide(
    principal: Principal,
    operation: Operation,
    relations: Iterable[Relation] = (),
    *,
    at: datetime | None = None,
) -> Decision:
    """Decide by the relations that there are to what is asked for.

    A relation counts when the operation accepts its basis, when it is one of the caller's establishments,
    and when it holds `at` the moment. An operator of the platform needs none.
    """
    refusal = refusal_at_door(principal, operation)
    if refusal is not None:
        return Decision(refusal=refusal)
    rule = RULES[operation]
    if rule.whom == "capability":
        return Decision(reason="capability")
    if rule.whom == "anybody":
        return Decision(reason="scope")
    if principal.is_platform_operator or rule.whom == "platform":
        return Decision(reason="platform")
    own = principal.establishments
    held = tuple(
        relation
        for relation in relations
        if relation.basis in rule.bases
        and not relation.establishments.isdisjoint(own)
        and relation.holds_at(at)
    )
    if not held:
        return Decision(refusal="unrelated")
    bases = {relation.basis for relation in held}
    return Decision(reason=next(basis for basis in _PREFERRED if basis in bases), relations=held)
