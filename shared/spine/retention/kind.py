"""Defines a kind of what is kept, for how long, and how what is older goes."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is kept for so many days."""

    name: str
    days: int
    statement: str | None = None
    """Ends the keeping of at most `$2` that are older than `$1`, and gives how many that were (`ended`).

    One that has to walk over what stays takes `$3`, the last that it walked over, and gives the next one
    (`last`). None: a duty of the service's own does it.
    """
    walks: bool = False


# What a person settled is not applied again; that it was settled, and why, stays.
_PARKED: Final = """
WITH old AS (
    SELECT id FROM parked WHERE state <> 'parked' AND settled_at < $1 AND value IS NOT NULL LIMIT $2
), ended AS (
    UPDATE parked SET key = NULL, headers = '[]', value = NULL WHERE id IN (SELECT id FROM old) RETURNING 1
)
SELECT count(*) AS ended FROM ended
"""

OF_EVERY_CONSUMER: Final = (Kind(name="parked events, once settled", days=90, statement=_PARKED),)
