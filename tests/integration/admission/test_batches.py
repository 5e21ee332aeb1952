"""One flush, seen from inside: order, repetition and its two statements."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.admission.api.understanding import understood
from services.admission.domain.identity import Person
from services.admission.domain.receipt import Accepted, Contradicted, Repeated
from services.admission.handlers import commit_submissions
from services.admission.handlers.commit_submissions import CommitSubmissions
from services.admission.handlers.identities import Identities
from services.admission.handlers.submission import Prepare, Submission
from shared.database.pool import Connection, Pool
from shared.database.transaction import transaction
from shared.runtime.clock import system_clock
from shared.security.vault import Vault
from tests.integration.admission.running import MASTER_KEY, Admission
from tests.unit.admission.bodies import encoded, identifier, movement

ANNE, BEN = identifier("1"), identifier("2")
SOURCE = uuid4()
vault = Vault(MASTER_KEY)
prepare = Prepare(vault, system_clock)


def submitted(body: dict[str, Any]) -> Submission:
    raw = encoded(body)
    return prepare(understood(raw), body=raw, source_id=SOURCE, tolerance=timedelta(), trace={})


@pytest.fixture
def commit(admission: Admission) -> CommitSubmissions:
    pool = admission.service.pool
    return CommitSubmissions(pool, vault, Identities(pool), system_clock)


async def test_movements_of_one_person_keep_their_order(commit: CommitSubmissions) -> None:
    flushed = await commit([submitted(movement(person)) for person in [ANNE, BEN, ANNE, BEN, ANNE]])
    receipts = [one.outcome.receipt for one in flushed if isinstance(one.outcome, Accepted)]
    assert [receipt.sequence for receipt in receipts] == [1, 1, 2, 2, 3]


async def test_the_same_id_several_times_in_one_batch(commit: CommitSubmissions) -> None:
    body = movement(ANNE)
    bodies = [body, movement(BEN), body, body | {"unit": "OTHER"}]
    first, _, repeated, contradicted = [one.outcome for one in await commit([submitted(b) for b in bodies])]
    assert isinstance(first, Accepted)
    assert repeated == Repeated(first.receipt)
    assert isinstance(contradicted, Contradicted)
    assert contradicted.stored_sha256 == first.receipt.content_sha256


async def test_a_batch_that_mixes_new_and_old(commit: CommitSubmissions) -> None:
    old = movement(ANNE)
    [first] = await commit([submitted(old)])
    again, new = await commit([submitted(old), submitted(movement(ANNE))])
    assert isinstance(first.outcome, Accepted)
    assert again.outcome == Repeated(first.outcome.receipt)
    assert isinstance(new.outcome, Accepted)
    assert new.outcome.receipt.sequence == 2


async def test_a_link_of_a_repeated_movement_is_still_made_for_the_one_that_relies_on_it(
    commit: CommitSubmissions, admission: Admission
) -> None:
    """The first movement of the batch turns out to be refused: what it would have linked must not be lost."""
    taken = movement(BEN)
    await commit([submitted(taken)])
    refused, new = await commit(
        [submitted(taken | {"person": {"identifiers": [ANNE]}}), submitted(movement(ANNE))]
    )
    assert isinstance(refused.outcome, Contradicted)
    assert isinstance(new.outcome, Accepted)
    [again] = await commit([submitted(movement(ANNE))])
    assert isinstance(again.outcome, Accepted)
    assert again.outcome.receipt.person_id == new.outcome.receipt.person_id
    assert len(await admission.rows("SELECT FROM identifiers")) == 2


async def test_a_batch_of_known_persons_is_two_statements(
    commit: CommitSubmissions, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []

    @asynccontextmanager
    async def counted(pool: Pool) -> AsyncIterator[Connection]:
        async with transaction(pool) as connection:
            with connection.query_logger(lambda record: statements.append(record.query)):  # type: ignore[attr-defined]
                yield connection

    await commit([submitted(movement(ANNE)), submitted(movement(BEN))])
    monkeypatch.setattr(commit_submissions, "transaction", counted)
    await commit([submitted(movement(one)) for one in [ANNE, BEN] * 50])
    assert len(statements) == 2


class OutOfDate(Identities):
    """Knows nobody when it is first asked: as if another process linked everybody right after."""

    asked = 0

    async def owners(self, submissions: Sequence[Submission]) -> dict[bytes, Person]:
        self.asked += 1
        return {} if self.asked == 1 else await super().owners(submissions)


async def test_somebody_linked_meanwhile_is_found_and_the_batch_stored_once(
    commit: CommitSubmissions, admission: Admission
) -> None:
    [first] = await commit([submitted(movement(ANNE))])
    late = OutOfDate(admission.service.pool)
    [second, new] = await replace(commit, identities=late)(
        [submitted(movement(ANNE)), submitted(movement(BEN))]
    )
    assert isinstance(first.outcome, Accepted)
    assert isinstance(second.outcome, Accepted)
    assert isinstance(new.outcome, Accepted)
    assert second.outcome.receipt.person_id == first.outcome.receipt.person_id
    assert second.outcome.receipt.sequence == 2
    assert len(await admission.rows("SELECT FROM persons")) == 2
    assert late.asked == 2
