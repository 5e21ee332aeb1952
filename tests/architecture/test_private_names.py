"""No test calls a private method or replaces a private attribute, so that the code may take another form."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source_files import nodes_of, python_files

# The mutations put bugs where the product has its statements; that is what they are for.
PUTS_BUGS_IN = Path("tests/continuity/mutations")
# Of libraries that say these in no other way: prometheus_client, asyncpg, namedtuple, aiokafka.
OF_LIBRARIES = {"_labelnames", "_name", "_base", "_replace", "_build", "_buffer"}


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__") and name != "_" and name not in OF_LIBRARIES


def _is_of_its_own(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}


def _private_names(node: ast.AST) -> Iterator[str]:
    """The private names of something else that a node reads, imports or replaces."""
    match node:
        case ast.Attribute(attr=name) if not _is_of_its_own(node):
            yield name
        case ast.ImportFrom(names=names):
            yield from (one.name for one in names)
        case ast.Call(func=ast.Attribute(attr="setattr" | "delattr"), args=args):
            said = [one.value for one in args[:2] if isinstance(one, ast.Constant)]
            yield from (part for one in said if isinstance(one, str) for part in one.split("."))


def test_no_test_reaches_for_a_private_name() -> None:
    found = {
        f"{path}: {name}"
        for path in python_files()
        if path.parts[0] == "tests" and PUTS_BUGS_IN not in path.parents
        for node in nodes_of(path)
        for name in _private_names(node)
        if _is_private(name)
    }
    assert found == set()
