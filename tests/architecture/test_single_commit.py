"""Only one place begins and ends transactions; everything else is called inside one."""

import ast
from collections.abc import Sequence
from pathlib import Path

from tests.architecture.source_files import nodes_of, python_files

THE_PLACE = Path("shared/database/transaction.py")
NOT_A_DATABASE = {Path("shared/spine/consumer/progress.py"): "commits Kafka's offsets"}
WORDS = ("BEGIN", "COMMIT", "ROLLBACK", "START TRANSACTION", "SAVEPOINT")
CALLS = {"transaction", "begin", "begin_nested", "commit", "rollback", "savepoint"}


def _source() -> list[Path]:
    source = [path for path in python_files() if path.parts[0] in {"services", "shared"}]
    return [path for path in source if path != THE_PLACE and path not in NOT_A_DATABASE]


def _without_docstrings(nodes: Sequence[ast.AST]) -> list[ast.AST]:
    prose = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    return [node for node in nodes if not (id(node) in prose and isinstance(node, ast.Constant))]


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS


def _is_statement(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return False
    said = node.value.lstrip().upper()
    return any(said == word or said.startswith((f"{word} ", f"{word};")) for word in WORDS)


def test_only_one_place_begins_and_commits() -> None:
    elsewhere = [
        f"{path}:{node.lineno}"
        for path in _source()
        for node in _without_docstrings(nodes_of(path))
        if isinstance(node, ast.expr) and (_is_call(node) or _is_statement(node))
    ]
    assert elsewhere == []


def test_the_place_itself_does() -> None:
    assert any(_is_call(node) for node in nodes_of(THE_PLACE))
