"""What does a path name? A person, a carer, an establishment; what cannot exist is not found."""

import re
from uuid import UUID, uuid5

from shared.web.problems import Problem

_CHOSEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_FINESS = re.compile(r"[0-9A-Z]{9}")


def as_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem(404) from None


def as_carer_id(text: str, *, person_id: UUID) -> UUID:
    """The caller's own name for a carer: a UUID as it is, another short name as one within the person."""
    if _CHOSEN.fullmatch(text) is None:
        raise Problem(404)
    try:
        return UUID(text)
    except ValueError:
        return uuid5(person_id, text)


def as_finess(text: str) -> str:
    if _FINESS.fullmatch(text) is None:
        raise Problem(404)
    return text
