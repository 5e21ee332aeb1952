"""The project's own source: every Python file that git tracks and that is not a migration."""

import ast
import gc
import subprocess
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2]


@cache
def python_files() -> tuple[Path, ...]:
    """Every Python file of the project, tests included, relative to its root."""
    listed = subprocess.run(
        ["git", "ls-files", "*.py"],  # noqa: S607
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    paths = (Path(line) for line in listed.stdout.splitlines())
    return tuple(path for path in paths if "versions" not in path.parts and (PROJECT / path).exists())


@cache
def tree_of(path: Path) -> ast.Module:
    """The parsed file."""
    text = (PROJECT / path).read_text(encoding="utf-8")
    # What is collected meanwhile may format a traceback, which parses too: Python 3.11 then ends the first
    # ("AST constructor recursion depth mismatch", mended in 3.12).
    gc.disable()
    try:
        return ast.parse(text)
    finally:
        gc.enable()


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Every node of the parsed file, as `ast.walk` gives them in twice the time; many tests look at each."""
    found: list[ast.AST] = [tree_of(path)]
    for node in found:
        for child in vars(node).values():
            if isinstance(child, ast.AST):
                found.append(child)
            elif isinstance(child, list):
                found += [each for each in child if isinstance(each, ast.AST)]
    return tuple(found)


def forget() -> None:
    """Let go of all that was parsed: a million objects that nobody asks for again."""
    nodes_of.cache_clear()
    tree_of.cache_clear()
