from uuid import UUID

from shared.runtime.ids import new_id, random_id, uuid_of


def test_an_id_in_c_is_the_same_as_one_in_python() -> None:
    octets = bytes(range(16))
    made, known = uuid_of(octets), UUID(bytes=octets)
    assert isinstance(made, UUID)
    assert made == known
    assert {made: "found"}[known] == "found"
    assert str(made) == str(known)


def test_new_ids_are_in_the_order_of_their_moments() -> None:
    ids = [new_id() for _ in range(100)]
    assert ids == sorted(ids)
    assert {one.version for one in ids} == {7}


def test_a_random_id_says_nothing() -> None:
    assert random_id().version == 4
    assert random_id() != random_id()
