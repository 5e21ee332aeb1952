"""One flush: the order of a person's events, repetition, and its two statements."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.admission.api.movements import parse_movement
from services.admission.domain.identifiers import EarlierOwners, Owner
from services.admission.domain.receipt import Accepted, Conflict, Receipt, Repeated
from services.admission.handlers import commit_submissions
from services.admission.handlers.accept_movement import prepare_submission
from services.admission.handlers.dependencies import Dependencies, KnownOwners
from services.admission.handlers.group_commit import Flushed
from services.admission.storage import submissions
from services.admission.storage.submissions import owners_of
from shared.database.pool import Connection, Executor, Pool
from shared.database.transaction import transaction
from tests.integration.admission.running import Admission
from tests.unit.admission.bodies import encoded, identifier, movement

ANNE, BEN = identifier("1"), identifier("2")
SOURCE = uuid4()


@pytest.fixture
def dependencies(admission: Admission) -> Dependencies:
    return admission.service.dependencies


async def commit(dependencies: Dependencies, *bodies: dict[str, Any]) -> list[Flushed]:
    """Commit movements in one batch."""
    return await commit_submissions.commit_submissions(
        dependencies,
        [
            prepare_submission(
                dependencies,
                parse_movement(encoded(body)),
                source_id=SOURCE,
                tolerance=timedelta(),
                trace={},
            )
            for body in bodies
        ],
    )


async def sequences(dependencies: Dependencies, receipts: Sequence[Receipt]) -> list[int]:
    """The places of their events among those of their persons, which no receipt says."""
    statement = "SELECT sequence FROM ledger WHERE event_id = $1"
    return [await dependencies.pool.fetchval(statement, receipt.event_id) for receipt in receipts]


async def test_movements_of_one_person_keep_their_order(dependencies: Dependencies) -> None:
    flushed = await commit(dependencies, *(movement(person) for person in [ANNE, BEN, ANNE, BEN, ANNE]))
    receipts = [one.outcome.receipt for one in flushed if isinstance(one.outcome, Accepted)]
    assert await sequences(dependencies, receipts) == [1, 1, 2, 2, 3]


async def test_the_same_id_several_times_in_one_batch(dependencies: Dependencies) -> None:
    body = movement(ANNE)
    bodies = [body, movement(BEN), body, body | {"unit": "OTHER"}]
    first, _, repeated, conflict = [one.outcome for one in await commit(dependencies, *bodies)]
    assert isinstance(first, Accepted)
    assert repeated == Repeated(first.receipt)
    assert isinstance(conflict, Conflict)
    assert conflict.stored_sha256 == first.receipt.content_sha256


async def test_a_batch_that_mixes_new_and_old(dependencies: Dependencies) -> None:
    old = movement(ANNE)
    [first] = await commit(dependencies, old)
    again, new = await commit(dependencies, old, movement(ANNE))
    assert isinstance(first.outcome, Accepted)
    assert again.outcome == Repeated(first.outcome.receipt)
    assert isinstance(new.outcome, Accepted)
    assert await sequences(dependencies, [new.outcome.receipt]) == [2]


async def test_a_link_of_a_repeated_movement_is_still_made_for_the_one_that_relies_on_it(
    dependencies: Dependencies, admission: Admission
) -> None:
    """The first movement of the batch turns out to be refused: what it would have linked must not be lost."""
    taken = movement(BEN)
    await commit(dependencies, taken)
    refused, new = await commit(dependencies, taken | {"person": {"identifiers": [ANNE]}}, movement(ANNE))
    assert isinstance(refused.outcome, Conflict)
    assert isinstance(new.outcome, Accepted)
    [again] = await commit(dependencies, movement(ANNE))
    assert isinstance(again.outcome, Accepted)
    assert again.outcome.receipt.person_id == new.outcome.receipt.person_id
    assert len(await admission.rows("SELECT FROM identifiers")) == 2


async def test_a_batch_of_known_persons_is_two_statements(
    dependencies: Dependencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []

    @asynccontextmanager
    async def counted(pool: Pool) -> AsyncIterator[Connection]:
        async with transaction(pool) as connection:
            with connection.query_logger(lambda record: statements.append(record.query)):  # type: ignore[attr-defined]
                yield connection

    await commit(dependencies, movement(ANNE), movement(BEN))
    monkeypatch.setattr(commit_submissions, "transaction", counted)
    await commit(dependencies, *(movement(one) for one in [ANNE, BEN] * 50))
    assert len(statements) == 2


async def test_a_person_linked_by_another_batch_is_found_and_the_batch_stored_once(
    dependencies: Dependencies, admission: Admission, monkeypatch: pytest.MonkeyPatch
) -> None:
    [first] = await commit(dependencies, movement(ANNE))
    asked = 0

    async def as_before_the_other_batch(
        connection: Executor, blind_indexes: Collection[bytes], *, earlier: Collection[tuple[bytes, str]]
    ) -> tuple[dict[bytes, Owner], EarlierOwners]:
        nonlocal asked
        asked += 1
        return ({}, {}) if asked == 1 else await owners_of(connection, blind_indexes, earlier=earlier)

    monkeypatch.setattr(submissions, "owners_of", as_before_the_other_batch)
    late = replace(dependencies, owners=KnownOwners())
    [second, new] = await commit(late, movement(ANNE), movement(BEN))
    assert isinstance(first.outcome, Accepted)
    assert isinstance(second.outcome, Accepted)
    assert isinstance(new.outcome, Accepted)
    assert second.outcome.receipt.person_id == first.outcome.receipt.person_id
    assert await sequences(late, [second.outcome.receipt]) == [2]
    assert len(await admission.rows("SELECT FROM persons")) == 2
    assert asked == 2
