"""No text, however it is made, takes a pattern of ours more than linear time."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_origin

import msgspec
import pytest
from jsonschema import Draft202012Validator

from services.admission.domain.movement import Label
from shared.web import schema_errors
from tests.security.ambiguity import superlinear

METHODS = frozenset({"match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn"})
PRINTED_OF_YESTERDAY = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (PRINTED_OF_YESTERDAY, "search"),
        (r"(a+)+", "fullmatch"),
        (r"(a|a)*", "fullmatch"),
        (r"(ab)*a?(ba)*b?", "fullmatch"),
        (r"^[^\s@]+@[^\s@]+\.[^\s@]+$", "search"),
        (r"\s+$", "search"),
        (r"a+b", "sub"),
    ],
)
def test_a_pattern_that_backtracks_is_found(pattern: str, method: str) -> None:
    assert superlinear(pattern, method=method) is not None


@pytest.mark.parametrize(
    ("pattern", "method"),
    [(r"a+b+", "fullmatch"), (r"[^A-Z]+", "sub"), (r"[a-z-]+(\.[a-z-]+)+", "fullmatch"), (r"^a*b", "search")],
)
def test_a_pattern_that_does_not_is_not(pattern: str, method: str) -> None:
    assert superlinear(pattern, method=method) is None


ROOT = Path(__file__).parents[2]


def _sources_with(text: str) -> Iterator[tuple[str, str]]:
    """Module and source of each file that says so."""
    for folder in ("services", "shared"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "versions" not in path.parts and text in (source := path.read_text()):
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts), source


def _used() -> Iterator[tuple[str, str | bytes, str, int]]:
    """Where, the pattern, by which method, its flags; of the source, which need not be imported for that."""
    for module, source in _sources_with("import re\n"):
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.AnnAssign(
                    target=ast.Name(name), value=ast.Call(ast.Attribute(attr="compile"), given)
                ) | ast.Assign([ast.Name(name)], ast.Call(ast.Attribute(attr="compile"), given)):
                    methods = set(re.findall(rf"\b{name}\.(\w+)\b", source)) & METHODS
                case ast.Call(ast.Attribute(ast.Name("re"), method), given) if method in METHODS:
                    methods = {method}
                case _:
                    continue
            if isinstance(given[0], ast.Constant) and isinstance(given[0].value, str | bytes):
                flags = [one for one in given[1:] if ast.unparse(one).startswith("re.")]
                flag = sum(getattr(re, ast.unparse(one).removeprefix("re.")) for one in flags)
                for method in methods:
                    yield f"{module}:{node.lineno}", given[0].value, method, flag


def test_no_pattern_of_the_code_backtracks() -> None:
    used = list(_used())
    assert len(used) > 15
    slow = {
        f"{where}: {pattern!r}": why
        for where, pattern, method, flags in used
        if (why := superlinear(pattern, method=method, flags=flags))
    }
    assert slow == {}


def _schemas(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value
        for inner in value.values():
            yield from _schemas(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _schemas(inner)


def test_no_pattern_of_a_schema_backtracks_and_each_has_a_length() -> None:
    found: dict[str, dict[str, Any]] = {}
    for module, _ in _sources_with("pattern="):
        for value in vars(importlib.import_module(module)).values():
            if get_origin(value) is Annotated or (
                isinstance(value, type) and issubclass(value, msgspec.Struct)
            ):
                found |= {schema["pattern"]: schema for schema in _schemas(msgspec.json.schema(value))}
    assert len(found) > 4
    for pattern, schema in found.items():
        assert superlinear(pattern, method="search") is None, pattern
        assert schema["maxLength"] <= schema_errors.MAX_PATTERN_CHARACTERS, pattern


@pytest.mark.parametrize("text", ["a\n", "\n", " ", "", "a\0", "é\x7f", "a\nb"])
def test_what_cannot_be_printed_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, Label)


@pytest.mark.parametrize("text", ["a", " a", "a ", " a b ", "é", "\xa0x"])
def test_what_can_be_printed_is_taken(text: str) -> None:
    assert msgspec.convert(text, Label) == text


def test_a_text_that_is_too_long_is_not_held_against_its_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noting(_validator: object, _pattern: str, text: str, _schema: object) -> Iterator[Any]:
        asked.append(text)
        return iter(())

    monkeypatch.setitem(Draft202012Validator.VALIDATORS, "pattern", noting)

    class Labelled(msgspec.Struct):
        label: Label

    [error] = schema_errors.schema_errors({"label": "x" * 62_000 + "\n"}, Labelled)
    assert (error.pointer, error.detail) == ("/label", "expected at most 200 characters")
    assert asked == []
