"""Every file and function is small enough to be read in one go."""

import ast
import statistics

from tests.architecture.source_files import PROJECT, nodes_of, python_files

MEDIAN_FILE_LINES = 60
MAX_FILE_LINES = 300
P90_FUNCTION_LINES = 30
MAX_FUNCTION_LINES = 60


def _code() -> list[str]:
    return [str(path) for path in python_files() if path.parts[0] != "tests"]


def _file_lines() -> dict[str, int]:
    """As an editor counts, with the empty line at the end."""
    return {str(path): (PROJECT / path).read_text().count("\n") + 1 for path in python_files()}


def _function_lines() -> dict[str, int]:
    return {
        f"{path}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in python_files()
        if path.parts[0] != "tests"
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    assert {path: n for path, n in _file_lines().items() if n > MAX_FILE_LINES} == {}


def test_half_of_the_files_fit_on_a_screen() -> None:
    lines = _file_lines()
    assert statistics.median(lines[path] for path in _code()) <= MEDIAN_FILE_LINES


def test_functions_are_short() -> None:
    lines = _function_lines()
    assert {name: n for name, n in lines.items() if n > MAX_FUNCTION_LINES} == {}
    assert statistics.quantiles(lines.values(), n=10)[8] <= P90_FUNCTION_LINES
