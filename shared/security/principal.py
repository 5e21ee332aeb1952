"""Who is calling, and whose data may they see?"""

from dataclasses import dataclass
from uuid import UUID

from shared.events.admission import Scope


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A caller whose key was recognised."""

    source_id: UUID
    establishment: str | None
    """FINESS number the key is bound to; none for the platform's own operators."""
    scopes: frozenset[Scope]
    key_id: UUID | None = None
    """Which key it was, for the record of what an operator looked at or decided."""

    def may_see(self, establishment: str) -> bool:
        """Is this establishment's data within reach? All of it, for an operator bound to none."""
        if self.establishment is None:
            return "operator" in self.scopes
        return self.establishment == establishment
