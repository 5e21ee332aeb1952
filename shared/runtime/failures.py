"""Is it us, or is something away? What a retry can cure, and nothing else, is transient."""

from typing import Final

import asyncpg
from aiokafka.errors import KafkaError

TRANSIENT: Final = (
    asyncpg.InterfaceError,  # see is_transient
    OSError,  # TimeoutError among them
    KafkaError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down, starting up, cancelled by command timeout
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.TransactionRollbackError,  # deadlock, serialization
    asyncpg.ReadOnlySQLTransactionError,  # a standby after a failover
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    # What asyncpg says when a session dies in the middle of a statement; it hides the real error.
    asyncpg.InternalClientError,
)


def is_transient(error: BaseException) -> bool:
    """Whether the database or the broker was away, full or busy, so that the same may succeed later."""
    if isinstance(error, asyncpg.InterfaceError):
        # asyncpg says the same class for a lost connection and for a wrong argument; the latter is a bug.
        return not isinstance(error, ValueError)
    return isinstance(error, TRANSIENT)
