"""The errors which mean that the database cannot be reached now, so that a caller should try again."""

import asyncpg

from shared.web.problems import Problem

RETRY_AFTER_SECONDS = 5

UNREACHABLE: tuple[type[Exception], ...] = (
    OSError,  # refused, reset, unresolved
    TimeoutError,  # no connection of the pool, or no answer, in time
    asyncpg.InternalClientError,  # what asyncpg says when a session dies in mid-statement
    asyncpg.InterfaceError,  # the connection or the pool was closed under us
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,  # too many connections, disk full
    asyncpg.OperatorInterventionError,  # shutting down, starting up, crashed
    asyncpg.ReadOnlySQLTransactionError,  # a standby after a failover
)


def service_unavailable() -> Problem:
    """503 with the time after which to try again."""
    return Problem(503, headers={"retry-after": str(RETRY_AFTER_SECONDS)})
