"""Is it us, or is something away? What a retry can cure, and nothing else, is transient."""

from typing import Final

import asyncpg
from aiokafka.errors import KafkaError

_TRANSIENT: Final = (
    OSError,  # TimeoutError among them
    KafkaError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down, starting up, cancelled by command timeout
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.TransactionRollbackError,  # deadlock, serialization
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)


def is_transient(error: BaseException) -> bool:
    """Whether the database or the broker was away, full or busy, so that the same may succeed later."""
    if isinstance(error, asyncpg.InterfaceError):
        # asyncpg says the same class for a lost connection and for a wrong argument; the latter is a bug.
        return not isinstance(error, ValueError)
    return isinstance(error, _TRANSIENT)
