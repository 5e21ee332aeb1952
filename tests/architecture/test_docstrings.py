"""The docstring of every module begins with one declarative sentence that says what the module does."""

import ast
import re
from pathlib import Path

from tests.architecture.source_files import python_files, tree_of

# Not the one that begins a query: `/v1/stays?status=`.
QUESTION = re.compile(r"\?(\W|$)")


def _first_paragraph(path: Path) -> str:
    docstring = ast.get_docstring(tree_of(path)) or ""
    return " ".join(docstring.split("\n\n", maxsplit=1)[0].split())


def test_every_module_says_what_it_does_in_one_sentence() -> None:
    # A test module may leave it to the names of its tests.
    said = {str(path): _first_paragraph(path) for path in python_files()}
    code = {path for path in said if not path.startswith("tests/")}
    silent = [path for path in code if not said[path].endswith(".")]
    asking = [path for path, first in said.items() if QUESTION.search(first)]
    assert (silent, asking) == ([], [])
