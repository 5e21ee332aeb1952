from shared.database.columns import sparse


def test_a_column_that_says_nothing_is_not_sent() -> None:
    assert sparse([None, None]) == []


def test_a_column_that_says_something_keeps_the_places_of_its_rows() -> None:
    assert sparse(iter([None, 0, ""])) == [None, 0, ""]
