"""Looking for what came meanwhile does not read the whole inbox of the rebuilt projection."""

import asyncio
import json
from collections.abc import Callable
from uuid import uuid4

import pytest

from shared.database.pool import open_pool
from shared.spine.rebuild import live_inbox
from tests.integration.spine.conftest import create_spine

pytestmark = pytest.mark.services

FILL = """
INSERT INTO inbox (event_id, publisher, subject, sequence, recorded_at, applied_at)
SELECT gen_random_uuid(), 'admission', md5(number::text)::uuid, 1, now(), now()
FROM generate_series(1, 20000) AS number
"""
APPLY = """
INSERT INTO inbox (event_id, publisher, subject, sequence, recorded_at, applied_at)
VALUES ($1, 'admission', $1, 1, now(), now())
"""
PLAN = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "


async def test_only_recent_events_are_looked_up(create_database: Callable[..., str]) -> None:
    database_url = await asyncio.to_thread(create_database)
    await create_spine(database_url)
    async with open_pool(database_url, application_name="test") as pool:
        await pool.execute("CREATE SCHEMA rebuild_scratch")
        await pool.execute("CREATE TABLE rebuild_scratch.inbox (LIKE public.inbox INCLUDING ALL)")
        await pool.execute(FILL)
        await pool.execute("INSERT INTO rebuild_scratch.inbox SELECT * FROM public.inbox")
        for table in ("public.inbox", "rebuild_scratch.inbox"):
            await pool.execute(f"VACUUM ANALYZE {table}")
        since = await live_inbox.oldest_running_transaction(pool)
        recent = [uuid4() for _ in range(3)]
        for event_id in recent:
            await pool.execute(APPLY, event_id)
        found = await live_inbox.applied_since(pool, since=since, limit=100)
        assert {each.event_id for each in found} == set(recent)
        assert await live_inbox.applied_since(pool, since=None, limit=100) == found
        text = await pool.fetchval(PLAN + live_inbox.APPLIED_SINCE, since, 100)
        plan = json.loads(text)[0]["Plan"]
        live_blocks = await pool.fetchval("SELECT pg_relation_size('public.inbox') / 8192")
        # The live inbox once, and a few pages of an index for each recent event.
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < live_blocks + 30
