"""Defines the relations that admission grants: who may see of a person what other establishments stated.

What an establishment states, and what a transfer shows to both ends, follows from movements. This is what
does not: a team of care, a network, a broken glass. Of one grant the highest revision holds, in any order.
The reason and the consent stay with admission, encrypted. A grant counts only with the signature of admission
(`shared/security/signatures.py`): whoever can write to the bus can grant nothing.
"""

from typing import Final, Literal
from uuid import UUID

from shared.events.envelope import Moment, Payload

GrantBasis = Literal["team", "network", "break_the_glass"]
"""A declared team of care (L1110-12), establishments under one controller, an emergency with a reason."""


class RelationGranted(Payload, frozen=True, kw_only=True):
    """Establishments may see what others stated of the subject: a person or, for all persons, a network."""

    grant_id: UUID
    revision: int
    basis: GrantBasis
    establishments: tuple[str, ...]
    """FINESS numbers of those who may see."""
    of: tuple[str, ...] = ()
    """FINESS numbers of those whose statements they may see; none: of everybody."""
    begins_at: Moment
    ends_at: Moment | None = None
    key_id: str
    """Names the key that signed."""
    signature: str
    """Ed25519, base64, over the subject and everything else here."""


class RelationEnded(Payload, frozen=True, kw_only=True):
    """A grant gives nothing any more, as if its end had come."""

    grant_id: UUID
    revision: int
    key_id: str
    signature: str


RELATION_EVENTS: Final = (RelationGranted, RelationEnded)
