"""Defines a grant: who may see what others stated of a person, or of everybody in a network."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from shared.events.relations import GrantBasis, RelationGranted

BROKEN_FOR: Final = timedelta(hours=1)
"""How long a broken glass shows everything."""
LONGEST_TEAM: Final = timedelta(days=366)
"""A team of care is declared anew for the next year, or ends."""


class Grant(Struct, frozen=True, kw_only=True):
    """A grant as it stands; what was said when it was made is sealed, and kept apart."""

    grant_id: UUID
    revision: int
    basis: GrantBasis
    subject: UUID
    """Under whom it is published now: the person, or whom they became one with; a network itself."""
    person_id: UUID | None
    """Whom it was made for; none for a network."""
    establishments: tuple[str, ...]
    of: tuple[str, ...]
    begins_at: datetime
    ends_at: datetime | None
    declared_by: str | None
    """The establishment; none for an operator of the platform."""
    key_id: UUID | None
    ended_at: datetime | None = None
    """When it was ended before its time."""


def stated(grant: Grant) -> RelationGranted:
    """What is published of it, not signed yet."""
    return RelationGranted(
        grant_id=grant.grant_id,
        revision=grant.revision,
        basis=grant.basis,
        establishments=grant.establishments,
        of=grant.of,
        begins_at=grant.begins_at,
        ends_at=grant.ends_at,
        key_id="",
        signature="",
    )
