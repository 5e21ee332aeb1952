"""Reads what says who may see a person's circle: whether the person is known, under which ids, by whom."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from shared.database.pool import Executor

# `one_with`: while persons are one, whoever has a stay of either is as near to both.
_PERSON: Final = """
SELECT wrapped_key, ARRAY(
    SELECT circle_of FROM shared_circles s WHERE s.person_id = p.person_id AND until IS NULL
) AS one_with FROM persons p WHERE person_id = $1
"""
_LOCK_PERSON: Final = f"{_PERSON} FOR UPDATE OF p"
_KINDS: Final = """
SELECT count(*) FILTER (WHERE role = 'carer') AS carers, count(*) FILTER (WHERE role <> 'carer') AS others
FROM members WHERE person_id = ANY ($1) AND revoked_at IS NULL
"""


class KnownPerson(msgspec.Struct, frozen=True):
    """A person of whom anything was ever stated; `wrapped_key` once anyone was enrolled."""

    wrapped_key: bytes | None
    one_with: Sequence[UUID] = ()
    """Persons who are one with them now."""


async def person(connection: Executor, person_id: UUID, *, locked: bool) -> KnownPerson | None:
    """The person; `locked` against others who plan for them, in a transaction."""
    row = await connection.fetchrow(_LOCK_PERSON if locked else _PERSON, person_id)
    return None if row is None else KnownPerson(row["wrapped_key"], row["one_with"])


async def numbers_of(connection: Executor, person_ids: Sequence[UUID]) -> tuple[int, int]:
    """How many carers and how many professionals there are of these persons, who are one."""
    row = await connection.fetchrow(_KINDS, person_ids)
    return (0, 0) if row is None else (row["carers"], row["others"])
