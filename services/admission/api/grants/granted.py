"""What the routes of grants have in common: their answer, and their refusals."""

from typing import Final
from uuid import UUID

from msgspec import Struct

from services.admission.domain.grants import Grant
from shared.events.envelope import Moment

NO_SIGNER: Final = "Nothing can be granted: RELAIS_GRANT_SIGNING_KEY is not set"
ONLY_ESTABLISHMENTS: Final = "Only an establishment's key can"


class Granted(Struct, frozen=True, kw_only=True):
    """A grant, as it was published."""

    grant_id: UUID
    person_id: UUID
    begins_at: Moment
    ends_at: Moment | None


def granted(grant: Grant) -> Granted:
    """The answer to whoever asked for it."""
    return Granted(
        grant_id=grant.grant_id, person_id=grant.subject, begins_at=grant.begins_at, ends_at=grant.ends_at
    )
