"""Judges every source that is listened for, and records which of them are silent."""

from collections import Counter
from typing import Final, get_args

from services.admission.domain.rhythm.judge import Judgement, Reason, Signs, judge
from services.admission.domain.rhythm.learn import LEARNT_FROM
from services.admission.domain.rhythm.minutes import Minutes
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.silences.rhythms import rhythms_of
from services.admission.storage.silences import judged as storage
from services.admission.storage.silences.heard import OURSELVES, heard_of
from services.admission.storage.silences.judged import ListenedFor
from shared.database.transaction import transaction
from shared.telemetry import metrics

REASONS: Final[tuple[Reason, ...]] = get_args(Reason)


async def judge_sources(dependencies: Dependencies) -> None:
    """Let silences begin and end; the same as often as it is done."""
    now = dependencies.clock()
    listened = await minutes_listened(dependencies)
    silent = {}
    for source in await storage.listened_for(dependencies.pool, now):
        found = await judgement_of(dependencies, source, listened)
        if found.since is not None:
            silent[source.source_id] = found
    async with transaction(dependencies.pool) as connection:
        await storage.record(connection, silent, now=now)
    count = Counter(each.state for each in silent.values())
    for reason in REASONS:
        metrics.sources_silent.labels(reason).set(count[reason])


async def minutes_listened(dependencies: Dependencies) -> Minutes:
    """Those in which we listened, for as long as a rhythm is learnt and a silence may last."""
    now = dependencies.clock()
    return (await heard_of(dependencies.pool, OURSELVES, since=now - 2 * LEARNT_FROM, until=now)).messages


async def judgement_of(dependencies: Dependencies, source: ListenedFor, listened: Minutes) -> Judgement:
    """Whether the source speaks as usual now."""
    known = await rhythms_of(dependencies, source, listened)
    return judge(
        Signs(source.last_message_at, known.messages),
        Signs(source.last_heartbeat_at, known.heartbeats),
        listened=listened,
        now=dependencies.clock(),
    )
