"""A body is read in the charset that it declares, or refused with the remedy."""

import pytest

from shared.web.charset import REMEDY, as_utf8
from shared.web.problems import Problem

NAME = "Françoise LEBŒUF"


@pytest.mark.parametrize(
    ("charset", "written_as"),
    [
        ("UTF-8", "utf-8"),
        ("windows-1252", "cp1252"),
        ('"ISO-8859-1"', "cp1252"),
        ("iso-8859-15", "iso-8859-15"),
    ],
)
def test_what_is_declared_is_read(charset: str, written_as: str) -> None:
    assert as_utf8(NAME.encode(written_as), f"application/json; charset={charset}") == NAME.encode()


def test_what_is_not_declared_stays_as_it_is() -> None:
    for content_type in (None, "application/json"):
        assert as_utf8(NAME.encode("cp1252"), content_type) == NAME.encode("cp1252")


@pytest.mark.parametrize(("charset", "body"), [("ebcdic", b"\xe9"), ("iso-8859-1", b"\x81")])
def test_what_cannot_be_read_is_refused_with_the_remedy(charset: str, body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        as_utf8(body, f"application/json; charset={charset}")
    assert (refused.value.status_code, refused.value.problem_detail) == (422, REMEDY)
