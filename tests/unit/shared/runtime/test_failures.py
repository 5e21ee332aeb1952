"""Failures that a retry can cure are told from bugs."""

import asyncpg
import pytest
from aiokafka.errors import CommitFailedError, KafkaConnectionError

from shared.runtime.failures import is_transient
from shared.spine.consumer.progress import ConsumerStalled
from shared.spine.inbox.parking import ParkingCapReached


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionRefusedError(),
        KafkaConnectionError(),
        CommitFailedError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.CannotConnectNowError(),
        asyncpg.AdminShutdownError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.DiskFullError(),
        asyncpg.DeadlockDetectedError(),
        asyncpg.LockNotAvailableError(),
        asyncpg.QueryCanceledError(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("cannot switch to state 15"),
    ],
)
def test_what_is_away_full_or_busy_is_transient(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("a bug"),
        ParkingCapReached(),
        ConsumerStalled(),
        asyncpg.UniqueViolationError(),
        asyncpg.UndefinedTableError(),
        asyncpg.InvalidPasswordError(),
        asyncpg.exceptions._base.DataError("an argument of the wrong type"),
    ],
)
def test_everything_else_is_our_fault(error: Exception) -> None:
    assert not is_transient(error)
