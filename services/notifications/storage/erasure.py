"""Holds the SQL that forgets persons: their circles, and all that anybody was told of them."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from services.notifications.domain.obligations.obligation import Obligation
from services.notifications.storage.obligations.rows import obligations_of
from shared.database.pool import Connection

_LOCK_PERSONS: Final = "SELECT FROM persons WHERE person_id = ANY ($1) ORDER BY person_id FOR UPDATE"
# Members of the person are told of whom the person was one with, too.
_LOCK_OBLIGATIONS: Final = """
SELECT * FROM obligations WHERE person_id = ANY ($1)
    OR recipient_id IN (SELECT member_id FROM members WHERE person_id = ANY ($1))
ORDER BY obligation_id FOR UPDATE
"""
_OF_ATTEMPTS: Final = """
DELETE FROM delivery_reports WHERE attempt_id IN (
    SELECT attempt_id FROM attempts WHERE obligation_id = ANY ($1)
)
"""
OF_OBLIGATIONS: Final = ("attempts", "page_tokens", "human_tasks", "transitions", "obligations")
"""What is kept of an obligation, under its id; `obligations` last."""
_OF_MEMBERS: Final = """
DELETE FROM contact_points WHERE member_id IN (SELECT member_id FROM members WHERE person_id = ANY ($1))
"""
OF_PERSONS: Final = (
    "members",
    "facts",
    "presence",
    "relations",
    "invitations",
    "audited_days",
    "audit_wanted",
    "obligation_differences",
    "persons",
)
"""What is kept of a person, under their id; `persons` last, whose row orders all who write."""
_OF_PAIRS: Final = (
    "DELETE FROM merges WHERE person_id = ANY ($1) OR merged = ANY ($1)",
    "DELETE FROM shared_circles WHERE person_id = ANY ($1) OR circle_of = ANY ($1)",
)


async def lock(connection: Connection, person_ids: Collection[UUID]) -> list[Obligation]:
    """Lock the persons, then every obligation about them or to their circles: those are given.

    Waits for a sender that holds one of them; what it sends then is recorded nowhere.
    """
    await connection.execute(_LOCK_PERSONS, list(person_ids))
    rows = await connection.fetch(_LOCK_OBLIGATIONS, list(person_ids))
    return await obligations_of(connection, rows)


async def forget(connection: Connection, person_ids: Collection[UUID], obligations: Collection[UUID]) -> None:
    """Delete all that is kept of these persons and obligations, which are locked."""
    await connection.execute(_OF_ATTEMPTS, list(obligations))
    for table in OF_OBLIGATIONS:
        await connection.execute(f"DELETE FROM {table} WHERE obligation_id = ANY ($1)", list(obligations))  # noqa: S608
    await connection.execute(_OF_MEMBERS, list(person_ids))
    for table in OF_PERSONS:
        await connection.execute(f"DELETE FROM {table} WHERE person_id = ANY ($1)", list(person_ids))  # noqa: S608
    for statement in _OF_PAIRS:
        await connection.execute(statement, list(person_ids))
