"""What waits for a group commit? A movement in the form in which it will be stored, but for the person."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from msgspec import Struct
from uuid_utils.compat import uuid7

from services.admission.domain.coherence import BILLING_NUMBER
from services.admission.domain.content import content_sha256
from services.admission.domain.marks import Mark, marks_at_intake
from services.admission.domain.movement import StatedMovement
from services.admission.domain.published import event_data
from services.admission.storage.submissions import Key
from shared.events.admission import Movement
from shared.events.envelope import TraceContext
from shared.runtime.clock import Clock
from shared.security.vault import Vault


class Submission(Struct, frozen=True, kw_only=True):
    """One offer of a source; `trace` is the context under which it is committed."""

    source_id: UUID
    source_event_id: str
    content_sha256: bytes
    body: bytes
    identifiers: tuple[bytes, ...]
    """Blind indexes, in the sender's order."""
    marks: tuple[Mark, ...]
    receipt_id: UUID
    event_id: UUID
    data: Movement
    trace: TraceContext

    @property
    def key(self) -> Key:
        """By what it is recognised when it is sent again."""
        return self.source_id, self.source_event_id


@dataclass(frozen=True, slots=True)
class Prepare:
    """Makes submissions of movements: whatever can be done before the commit, outside of it."""

    vault: Vault
    clock: Clock

    def __call__(
        self,
        movement: StatedMovement,
        *,
        body: bytes,
        source_id: UUID,
        tolerance: timedelta,
        trace: TraceContext,
    ) -> Submission:
        """Raises what `content_sha256` raises when an unknown field cannot be read."""
        vault, establishment = self.vault, movement.establishment
        identifying = (one for one in movement.person.identifiers if one.type != BILLING_NUMBER)
        return Submission(
            source_id=source_id,
            source_event_id=movement.source_event_id,
            content_sha256=content_sha256(body),
            body=body,
            identifiers=tuple(
                vault.blind_index("identifier", one.authority, one.value) for one in identifying
            ),
            marks=marks_at_intake(movement, now=self.clock(), tolerance=tolerance),
            receipt_id=uuid7(),
            event_id=uuid7(),
            data=event_data(
                movement,
                movement_id=vault.opaque_id(establishment, "movement", movement.movement_id),
                stay_id=vault.opaque_id(establishment, "stay", movement.stay_id),
                source_id=source_id,
            ),
            trace=trace,
        )
