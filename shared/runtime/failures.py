"""Tells a failure that a retry can cure from a bug; everything that retries or answers 503 asks here."""

from typing import Final

import asyncpg
from aiokafka.errors import KafkaError

from shared.runtime.errors import RetryableError

TRANSIENT: Final = (
    asyncpg.InterfaceError,  # a connection closed under us; a wrong argument as well, see is_transient
    RetryableError,
    OSError,  # refused, reset, unresolved, and TimeoutError
    KafkaError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down, starting up, cancelled by command timeout
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.TransactionRollbackError,  # deadlock, serialization failure
    asyncpg.ReadOnlySQLTransactionError,  # a standby after a failover
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,  # a session that died in the middle of a statement
)


def is_transient(error: BaseException) -> bool:
    """Whether the database or the broker was unreachable, full or busy: the same may succeed later."""
    if isinstance(error, asyncpg.InterfaceError):
        # One class for a lost connection and for a wrong argument, which is a ValueError besides: a bug.
        return not isinstance(error, ValueError)
    return isinstance(error, TRANSIENT)
