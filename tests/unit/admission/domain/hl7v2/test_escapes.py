"""Escape sequences become what they mean, and what is none stays as it came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.admission.domain.hl7v2.escapes import unescaped
from services.admission.domain.hl7v2.message import Delimiters

ESCAPES = Delimiters().escapes


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f", "a|b^c&d~e\\f"),
        (r"\XC3A9\ \XE9\ \X0D0A\.", "é é \r\n."),
        (r"line\.br\line\.sp2\line", "line\nline\nline"),
        (r"\H\bold\N\ plain", "bold plain"),
        (r"lone \ stays, \S\ is read", "lone \\ stays, ^ is read"),
        (r"C:\path\S\file", r"C:\path^file"),
        (r"\XZZ\ \X1\ \Zlocal\ \C2842\ \\", r"\XZZ\ \X1\ \Zlocal\ \C2842\ \\"),
        (r"unfinished \X41", r"unfinished \X41"),
    ],
)
def test_a_sequence_becomes_what_it_means(text: str, meant: str) -> None:
    assert unescaped(text, "\\", ESCAPES) == meant


@given(st.text("\\SXF0C3.br", max_size=60))
def test_no_text_grows_or_fails(text: str) -> None:
    assert len(unescaped(text, "\\", ESCAPES)) <= len(text)


@given(st.text())
def test_what_is_escaped_comes_back(text: str) -> None:
    letters = {delimiter: f"\\{letter}\\" for letter, delimiter in ESCAPES.items()}
    assert unescaped("".join(letters.get(each, each) for each in text), "\\", ESCAPES) == text
