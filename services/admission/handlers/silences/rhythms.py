"""Learns the rhythm of each source from what was heard of it, a few times a day, and remembers it."""

import asyncio
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.admission.domain.rhythm.learn import LEARNT_FROM, learn
from services.admission.domain.rhythm.minutes import Minutes
from services.admission.domain.rhythm.week import Place
from services.admission.handlers.dependencies import Dependencies, KnownRhythms
from services.admission.storage.silences.heard import heard_of
from services.admission.storage.silences.judged import ListenedFor

LEARNT_EVERY: Final = timedelta(hours=6)
MOST_SOURCES: Final = 10_000
DEFAULT_ZONE: Final = "Europe/Paris"


async def rhythms_of(dependencies: Dependencies, source: ListenedFor, listened: Minutes) -> KnownRhythms:
    """The rhythms of its messages and heartbeats, of the weeks before it was heard last.

    So a silence, however long, is not learnt as one.
    """
    now = dependencies.clock()
    known = dependencies.rhythms.get(source.source_id)
    if known is not None and now < known.until:
        return known
    last = max(each for each in (source.message_hour, source.heartbeat_hour) if each is not None)
    since = last - LEARNT_FROM
    heard = await heard_of(dependencies.pool, source.source_id, since=since, until=last)
    heeded = {hour: minutes for hour, minutes in listened.items() if since <= hour <= last}
    place = Place(ZoneInfo(source.time_zone or DEFAULT_ZONE), source.commune or "")
    learnt = KnownRhythms(
        # In a thread: an event loop that relays should not wait for arithmetic.
        await asyncio.to_thread(learn, heard.messages, heeded, place),
        await asyncio.to_thread(learn, heard.heartbeats, heeded, place),
        now + LEARNT_EVERY,
    )
    if len(dependencies.rhythms) >= MOST_SOURCES:
        dependencies.rhythms.clear()
    dependencies.rhythms[source.source_id] = learnt
    return learnt
