"""A batch of bad lines costs as much as a hundred of them, and its answer is no larger."""

import pytest

from services.admission.api import batches
from services.admission.api.batch_lines import MOST_REFUSED_LINES
from tests.unit.admission.api.test_batches import Ledger, answered, posted
from tests.unit.admission.bodies import encoded, movement

BAD = b'{"kind": 1}'


async def test_the_rest_of_a_batch_is_left_unread_after_so_many_bad_lines() -> None:
    good = encoded(movement())
    lines = [good, *[BAD] * MOST_REFUSED_LINES, good, b"", *[BAD] * 5000]
    ledger = Ledger()
    answers = await answered(b"\n".join(lines), ledger)
    assert [answer.status for answer in answers] == [202, *[422] * (MOST_REFUSED_LINES + 1)]
    rest = answers[-1]
    assert (rest.line, rest.up_to_line) == (MOST_REFUSED_LINES + 2, len(lines))
    assert rest.problem is not None
    assert rest.problem.title == "Too many lines are wrong"
    assert len(ledger.stored) == 1


@pytest.mark.parametrize("bad", [MOST_REFUSED_LINES - 1, MOST_REFUSED_LINES])
async def test_bad_lines_up_to_the_last_are_answered_one_by_one(bad: int) -> None:
    answers = await answered(b"\n".join([BAD] * bad), Ledger())
    assert [answer.line for answer in answers] == list(range(1, bad + 1))
    assert all(answer.up_to_line is None for answer in answers)


async def test_bad_lines_in_the_third_group_end_it_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "LINES_PER_COMMIT", 10)
    good = [encoded(movement()) for _ in range(25)]
    answers = await answered(b"\n".join([*good, *[BAD] * (MOST_REFUSED_LINES + 7)]), Ledger())
    assert [answer.status for answer in answers] == [202] * 25 + [422] * (MOST_REFUSED_LINES + 1)
    assert (answers[-1].line, answers[-1].up_to_line) == (26 + MOST_REFUSED_LINES, 32 + MOST_REFUSED_LINES)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"\n" * 10_001, 413),
        (b"\n" * 10_000 + b"x", 413),
        (b"\n" * 9_999 + b"x", 200),
        (b"\n" * 9_999 + b"x\n", 200),
    ],
)
async def test_a_line_counts_with_and_without_its_end(body: bytes, status: int) -> None:
    assert (await posted(body, Ledger())).status_code == status
