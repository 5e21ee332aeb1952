"""In any mix of lines, each is answered as if it were alone; the ledger is a stand-in here."""

import asyncio
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import INVALID_SPAN_CONTEXT

from services.admission.api import batches
from services.admission.api.batch_lines import LineAnswer
from services.admission.domain.receipt import Accepted, Outcome, Receipt, resubmitted
from services.admission.domain.submission import Submission
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.group_commit import Flushed, GroupCommit
from shared.security.principal import Principal
from shared.web.middleware.errors import answer_with_problems
from tests.unit.admission.bodies import CLINIC, HOSPITAL, encoded, movement
from tests.unit.admission.dependencies import dependencies

Kind = Literal["one", "the same otherwise", "invalid", "no json", "foreign", "too large", "empty"]

SOURCE = Principal(source_id=uuid.uuid4(), establishment=HOSPITAL, scopes=frozenset({"intake"}))
BODIES = [movement(source_event_id=str(number)) for number in range(3)]


class Ledger:
    """Keeps the first submission of each id, like the database."""

    def __init__(self) -> None:
        self.stored: dict[str, Receipt] = {}

    async def __call__(self, _dependencies: Dependencies, batch: Sequence[Submission]) -> list[Flushed]:
        return [Flushed(self._outcome(one), INVALID_SPAN_CONTEXT) for one in batch]

    def _outcome(self, one: Submission) -> Outcome:
        given_sha256 = one.content_sha256.hex()
        if one.source_event_id in self.stored:
            return resubmitted(self.stored[one.source_event_id], given_sha256=given_sha256)
        receipt = Receipt(
            receipt_id=one.receipt_id,
            event_id=one.event_id,
            person_id=uuid.uuid4(),
            source_event_id=one.source_event_id,
            accepted_at=datetime.now(UTC),
            content_sha256=given_sha256,
            marks=one.marks,
        )
        self.stored[one.source_event_id] = receipt
        return Accepted(receipt)


class Authenticator:
    """Knows everybody."""

    async def authenticate(self, _header: str | None) -> Principal:
        return SOURCE


def line_of(kind: Kind, number: int) -> bytes:
    """A line of that kind about one of the movements."""
    body = BODIES[number]
    return {
        "one": encoded(body),
        "the same otherwise": encoded(body | {"unit": "OTHER"}),
        "invalid": encoded(body | {"kind": "visit"}),
        "no json": b'{"source_event_id": ',
        "foreign": encoded(body | {"establishment": CLINIC}),
        "too large": encoded(body | {"more": "x" * 65_536}),
        "empty": b"  ",
    }[kind]


def expected_of(lines: Sequence[tuple[Kind, int]]) -> list[tuple[int, int]]:
    """Line and status, by the rules as the documentation says them."""
    refused = {"invalid": 422, "no json": 422, "foreign": 403, "too large": 413}
    first: dict[int, Kind] = {}
    expected: list[tuple[int, int]] = []
    for line, (kind, number) in enumerate(lines, 1):
        if kind in refused:
            expected.append((line, refused[kind]))
        elif kind != "empty":
            status = 202 if number not in first else 200 if first[number] == kind else 409
            first.setdefault(number, kind)
            expected.append((line, status))
    return expected


def application() -> FastAPI:
    """Batches alone, without what they depend on."""
    app = FastAPI()
    answer_with_problems(app)
    app.include_router(batches.router)
    app.state.authenticator = Authenticator()
    return app


APPLICATION = application()


async def answered(content: bytes, ledger: Ledger) -> list[LineAnswer]:
    """What is answered to these lines by an application with this ledger."""
    return msgspec.json.Decoder(LineAnswer).decode_lines((await posted(content, ledger)).content)


async def posted(content: bytes, ledger: Ledger) -> httpx.Response:
    """Post it to an application with this ledger."""
    queue = GroupCommit(ledger)
    tolerances = {SOURCE.source_id: timedelta(minutes=5)}
    given = dependencies(ndjson_commits=queue, tolerances=tolerances)
    APPLICATION.state.dependencies = given
    transport = httpx.ASGITransport(APPLICATION)
    async with queue.running(given), httpx.AsyncClient(transport=transport, base_url="http://a") as client:
        return await client.post(batches.PATH, content=content)


lines_strategy = st.lists(
    st.tuples(st.sampled_from(Kind.__args__), st.integers(0, len(BODIES) - 1)),  # type: ignore[attr-defined]
    max_size=12,
)


@given(lines=lines_strategy, group=st.integers(1, 4))
def test_any_mix_of_lines_is_answered_line_by_line(lines: list[tuple[Kind, int]], group: int) -> None:
    ledger = Ledger()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "LINES_PER_COMMIT", group)
        answers = asyncio.run(answered(b"\n".join(line_of(*line) for line in lines), ledger))
    assert [(answer.line, answer.status) for answer in answers] == expected_of(lines)
    for answer in answers:
        if answer.receipt is not None:
            assert answer.receipt == ledger.stored[answer.receipt.source_event_id]
        assert (answer.receipt is None) == (answer.status not in {200, 202})
        assert (answer.problem is None) == (answer.receipt is not None)
