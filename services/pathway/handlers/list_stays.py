"""Lists the stays that are in progress in establishments."""

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from services.pathway.domain.pathway import IN_PROGRESS, Stay
from services.pathway.domain.stays import without_others
from services.pathway.handlers.dependencies import Dependencies
from services.pathway.storage import pathways
from shared.security.audit.access import note


async def list_stays_in_progress(
    dependencies: Dependencies, establishments: Sequence[str], *, after: UUID, limit: int
) -> list[tuple[UUID, list[Stay]]]:
    """Up to `limit` persons that follow `after`, by id, each with their stays in progress there.

    Nothing in them tells of other establishments' stays.
    """
    found = await pathways.with_stay_in_progress(dependencies.pool, establishments, after=after, limit=limit)
    note(*(person_id for person_id, _ in found), why="states")
    return [
        (
            person_id,
            [
                replace(stay, marks=without_others(stay.marks))
                for stay in pathway.stays
                if stay.establishment in establishments and stay.status in IN_PROGRESS
            ],
        )
        for person_id, pathway in found
    ]
