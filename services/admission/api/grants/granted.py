"""What the routes of grants have in common: their answer, and their refusals."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from msgspec import Struct

from services.admission.domain.grants import Grant
from services.admission.handlers.grants.publish import NobodySigns
from shared.events.envelope import Moment
from shared.security.principal import Principal
from shared.web.problems import Problem


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


def establishment_of(principal: Principal) -> str:
    """The establishment that grants; 403 for a key of the platform, which is nobody's."""
    if principal.establishment is None:
        raise Problem(403, "Only an establishment's key can")
    return principal.establishment


@contextmanager
def refused_without_signer() -> Iterator[None]:
    """503 where admission has no key to sign with."""
    try:
        yield
    except NobodySigns:
        raise Problem(503, "Nothing can be granted: RELAIS_GRANT_SIGNING_KEY is not set") from None
