"""Shows whether a source is silent, and forgets what is old."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct

from services.admission.domain.rhythm.judge import State
from services.admission.domain.rhythm.sequence import Gap
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.own_sources import is_own_source
from services.admission.handlers.silences.judge_sources import judgement_of, minutes_listened
from services.admission.storage.silences import heard
from services.admission.storage.silences import judged as storage
from services.admission.storage.silences.judged import Silence
from services.admission.storage.silences.sequences import sequence_of
from shared.database.transaction import transaction
from shared.security.principal import Principal

KEPT: Final = timedelta(days=112)
"""As long as a rhythm is learnt and a silence may last."""


class SourceSilences(Struct, frozen=True, kw_only=True):
    """Whether a source speaks as usual, and when it did not."""

    state: State
    """`learning`: it is heard for less than two weeks, or too rarely, and no silence is noticed."""
    last_message_at: datetime | None
    """To the minute, as the others."""
    last_heartbeat_at: datetime | None
    alarm_at: datetime | None
    """When it is silent, unless it is heard before; `None` while that cannot be told."""
    silences: tuple[Silence, ...]
    """Newest first."""
    missing: tuple[Gap, ...]
    """Numbers (MSH-13) that were skipped and never came, the newest hundred gaps, oldest first."""


async def show_silences(
    dependencies: Dependencies, source_id: UUID, *, days: int, by: Principal
) -> SourceSilences | None:
    """Of one of the caller's own sources; `None` when it is none of theirs."""
    if not await is_own_source(dependencies, source_id, by=by):
        return None
    pool, now = dependencies.pool, dependencies.clock()
    silences = tuple(await storage.silences_of(pool, source_id, since=now - timedelta(days=days)))
    missing = (await sequence_of(pool, source_id)).gaps
    found = await storage.listened_for(pool, now, source_id=source_id)
    if not found:
        return SourceSilences(
            state="learning",
            last_message_at=None,
            last_heartbeat_at=None,
            alarm_at=None,
            silences=silences,
            missing=missing,
        )
    judgement = await judgement_of(dependencies, found[0], await minutes_listened(dependencies))
    return SourceSilences(
        state=judgement.state,
        last_message_at=found[0].last_message_at,
        last_heartbeat_at=found[0].last_heartbeat_at,
        alarm_at=judgement.alarm_at,
        silences=silences,
        missing=missing,
    )


async def list_open_silences(dependencies: Dependencies, *, by: Principal) -> tuple[Silence, ...]:
    """Those that last: all for an operator of the platform, otherwise the establishment's own."""
    return tuple(await storage.open_silences(dependencies.pool, establishment=by.establishment))


async def forget_silences(dependencies: Dependencies) -> None:
    """Delete what was heard, and what ended, too long ago."""
    before = dependencies.clock() - KEPT
    async with transaction(dependencies.pool) as connection:
        await heard.forget(connection, before=before)
        await storage.forget(connection, before=before)
