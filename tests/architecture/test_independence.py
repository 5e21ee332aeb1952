"""The continuity test's checker imports nothing of what it judges, the client nothing of the platform."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_files import nodes_of, python_files

CHECKER = Path("tests/continuity/checker")
ITS_OWN = "tests.continuity.checker"
CLIENT = Path("client/relais_client")
JUDGED = ("services", "shared", "deploy", "tests", "benchmarks")


def _imported(path: Path) -> Iterator[str]:
    for node in nodes_of(path):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def _is_judged(module: str) -> bool:
    return module.split(".", maxsplit=1)[0] in JUDGED and not module.startswith(ITS_OWN)


def test_the_checker_imports_nothing_that_it_judges() -> None:
    files = [path for path in python_files() if CHECKER in path.parents]
    assert files
    wrong = {f"{path}: {module}" for path in files for module in _imported(path) if _is_judged(module)}
    assert wrong == set()


def test_the_client_is_installed_without_the_platform() -> None:
    files = [path for path in python_files() if CLIENT in path.parents]
    assert files
    wrong = {f"{path}: {module}" for path in files for module in _imported(path) if _is_judged(module)}
    assert wrong == set()
