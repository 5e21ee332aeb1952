"""Of two persons whom several establishments know, no establishment alone makes one."""

from collections.abc import Sequence
from itertools import permutations
from uuid import UUID

import pytest

from services.admission.domain.identities.concerned import others_concerned
from services.admission.domain.identities.merges import Merge, survivors

ALICE, BOB, LOCAL, OTHER = (UUID(int=number) for number in (11, 12, 13, 14))
KNOWING = {ALICE: {"A", "B"}, BOB: {"A", "B"}, LOCAL: {"B"}, OTHER: {"B"}}
DECIDED = None


def merge(surviving: UUID, merged: UUID, stated_by: str | None) -> Merge:
    return Merge(
        merge_id=UUID(int=surviving.int * 100 + merged.int),
        surviving=surviving,
        merged=merged,
        revision=1,
        is_merged=True,
        stated_by=stated_by,
    )


@pytest.mark.parametrize(
    ("pair", "holding", "concerned"),
    [
        ((LOCAL, OTHER), [], ""),
        ((ALICE, LOCAL), [], ""),
        ((ALICE, BOB), [], "A"),
        ((ALICE, LOCAL), [merge(LOCAL, BOB, "B")], "A"),
        ((OTHER, LOCAL), [merge(LOCAL, BOB, "B"), merge(OTHER, ALICE, "B")], "A"),
        # Two who are one already, by whatever others may undo:
        ((ALICE, BOB), [merge(ALICE, BOB, DECIDED)], "A"),
        ((LOCAL, BOB), [merge(ALICE, BOB, "A"), merge(ALICE, LOCAL, "B")], "A"),
        ((LOCAL, OTHER), [merge(ALICE, LOCAL, "B"), merge(ALICE, OTHER, "B")], ""),
    ],
)
def test_a_merge_of_two_whom_others_know_concerns_these(
    pair: tuple[UUID, UUID], holding: Sequence[Merge], concerned: str
) -> None:
    for turned in (pair, pair[::-1]):
        assert others_concerned(turned, holding, knowing=KNOWING, own={"B"}) == set(concerned)


def test_whom_others_know_survives_in_whichever_order_merges_were_stated() -> None:
    """The clinic merges its own numbers this way and that, and one of them with Alice."""
    merges = [merge(OTHER, LOCAL, "B"), merge(ALICE, LOCAL, "B")]
    for some in permutations(merges):
        assert set(survivors([ALICE, LOCAL, OTHER], some, anchored={ALICE}).values()) == {ALICE}
    assert survivors([ALICE, LOCAL, OTHER], merges[:1], anchored={ALICE}) == {
        ALICE: ALICE,
        LOCAL: OTHER,
        OTHER: OTHER,
    }
