"""Persons who are one share their circles, from when they became one until they were separated."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.circle.merges import MergeStatement, shared_circles
from shared.testing.person_history import id_of, minutes

ROSE, IRIS, LILY = (id_of("person", name) for name in ("Rose", "Iris", "Lily"))


def stated(one: UUID, other: UUID, *, at: int, revision: int = 1, is_merged: bool = True) -> MergeStatement:
    return MergeStatement(
        merge_id=id_of("merge", min(one, other), max(one, other)),
        revision=revision,
        surviving=one,
        merged=other,
        is_merged=is_merged,
        recorded_at=minutes(at),
    )


def times(*statements: MergeStatement) -> set[tuple[UUID, UUID, object, object]]:
    return {(each.person_id, each.circle_of, each.since, each.until) for each in shared_circles(statements)}


def test_two_persons_share_until_they_are_separated() -> None:
    merged = stated(ROSE, IRIS, at=0)
    assert times(merged) == {(ROSE, IRIS, minutes(0), None), (IRIS, ROSE, minutes(0), None)}
    separated = stated(ROSE, IRIS, at=5, revision=2, is_merged=False)
    assert times(separated, merged) == {
        (ROSE, IRIS, minutes(0), minutes(5)),
        (IRIS, ROSE, minutes(0), minutes(5)),
    }


def test_who_is_one_with_the_same_is_one() -> None:
    found = times(stated(ROSE, IRIS, at=0), stated(IRIS, LILY, at=3))
    assert {(ROSE, LILY, minutes(3), None), (LILY, ROSE, minutes(3), None)} < found
    separated = stated(ROSE, IRIS, at=5, revision=2, is_merged=False)
    after = times(stated(ROSE, IRIS, at=0), stated(IRIS, LILY, at=3), separated)
    assert (ROSE, LILY, minutes(3), minutes(5)) in after
    assert (IRIS, LILY, minutes(3), None) in after


_PAIRS = st.sampled_from(((ROSE, IRIS), (IRIS, LILY), (LILY, ROSE)))


@given(data=st.data(), pairs=st.lists(_PAIRS, max_size=8))
def test_any_order_and_repetition_gives_the_same(data: st.DataObject, pairs: list[tuple[UUID, UUID]]) -> None:
    statements = []
    for at, (one, other) in enumerate(pairs):
        revision = 1 + pairs[:at].count((one, other))
        statements.append(stated(one, other, at=at, revision=revision, is_merged=revision % 2 == 1))
    again = data.draw(st.permutations([*statements, *statements]))
    assert shared_circles(again) == shared_circles(statements)
    shared = shared_circles(statements)
    assert {(each.circle_of, each.person_id, each.since, each.until) for each in shared} == times(*statements)
