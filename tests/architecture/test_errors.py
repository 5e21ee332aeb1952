"""Our own errors form the tree drawn where their root is defined, and say what their docstrings say."""

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import services
import shared
from shared.runtime import errors
from shared.runtime.errors import RelaisError, default_message
from shared.web.problems import Problem

_DRAWN = re.compile(r"^(?P<indent>[ |]*)\+ (?P<name>\w+)", re.MULTILINE)


def _import_everything() -> None:
    for package in (services, shared):
        folder = Path(package.__path__[0])
        for file in sorted(folder.rglob("*.py")):
            module = file.relative_to(folder.parent).with_suffix("")
            if not {"migrations", "alembic", "revisions"} & set(module.parts):
                importlib.import_module(".".join(module.parts).removesuffix(".__init__"))


def _below(root: type[Exception]) -> Iterator[type[Exception]]:
    for each in root.__subclasses__():
        yield each
        yield from _below(each)


def _is_ours(error: type[Exception]) -> bool:
    return error.__module__.split(".")[0] in {"services", "shared"}


@pytest.fixture(scope="module", autouse=True)
def _all_errors_are_defined() -> None:
    _import_everything()


def _drawn() -> dict[str, str]:
    """Name of each drawn error -> name of its parent."""
    parents, path = {}, [RelaisError.__name__]
    for found in _DRAWN.finditer(inspect.getdoc(errors) or ""):
        depth = 1 + len(found["indent"]) // 3
        parents[found["name"]] = path[depth - 1]
        path[depth:] = [found["name"]]
    return parents


def test_the_tree_is_as_drawn() -> None:
    there = {error.__name__: error.__bases__[0].__name__ for error in _below(RelaisError) if _is_ours(error)}
    assert _drawn() == there


def test_every_error_of_ours_is_in_the_tree_or_is_an_answer() -> None:
    ours = {error for error in _below(Exception) if _is_ours(error)}
    assert {error for error in ours if not issubclass(error, RelaisError | Problem)} == set()


def test_an_error_says_what_its_docstring_says() -> None:
    silent = [error for error in _below(RelaisError) if _is_ours(error) and not error.__doc__]
    assert silent == []
    plain = [error for error in _below(RelaisError) if _is_ours(error) and "__init__" not in vars(error)]
    assert [str(error()) for error in plain] == [default_message(error) for error in plain]
