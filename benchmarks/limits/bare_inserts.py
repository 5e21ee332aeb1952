"""The raw limit of intake: the database alone, with 100 rows per `unnest` insert and one commit each."""

import asyncio
import time
import uuid

import asyncpg

_ROWS = 100
_CONNECTIONS = 4
_TIMEOUT_SECONDS = 60


async def events_per_second(database_url: str, *, statements: int, payload: bytes) -> float:
    """Insert an event and its outbox row, `statements` times 100, over four connections."""
    connections = [await asyncpg.connect(database_url, timeout=_TIMEOUT_SECONDS) for _ in range(_CONNECTIONS)]
    try:
        await connections[0].execute(
            "CREATE TABLE IF NOT EXISTS event (id uuid PRIMARY KEY, data bytea);"
            "CREATE TABLE IF NOT EXISTS outbox (id bigserial PRIMARY KEY, event_id uuid)"
        )
        remaining = iter(range(statements))

        async def insert(connection: asyncpg.Connection) -> None:
            for _ in remaining:
                await connection.execute(
                    "WITH e AS (INSERT INTO event SELECT * FROM unnest($1::uuid[], $2::bytea[]) RETURNING id)"
                    " INSERT INTO outbox (event_id) SELECT id FROM e",
                    [uuid.uuid4() for _ in range(_ROWS)],
                    [payload] * _ROWS,
                )

        start = time.perf_counter()
        await asyncio.gather(*map(insert, connections))
        return statements * _ROWS / (time.perf_counter() - start)
    finally:
        for connection in connections:
            await connection.close()
