"""Every line stands in its room."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source_files import PROJECT, nodes_of, python_files

NO_ROOM_IS_NAMED = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
SERVICES = ("admission", "indicators", "notifications", "pathway")


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(linter), "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout


def test_no_file_has_a_name_that_says_nothing() -> None:
    named = {part.removesuffix(".py") for path in python_files() for part in path.parts}
    assert named & NO_ROOM_IS_NAMED == set()


@pytest.mark.parametrize(
    ("tests", "code"), [("tests/unit/shared", "shared"), ("tests/integration/spine", "shared/spine")]
)
def test_tests_stand_in_the_room_of_what_they_test(tests: str, code: str) -> None:
    folders = {str(path.parent.relative_to(tests)) for path in python_files() if path.is_relative_to(tests)}
    assert {folder for folder in folders if not (PROJECT / code / folder).is_dir()} == set()


@pytest.mark.parametrize("service", SERVICES)
def test_rooms_hold_at_most_one_floor_of_sub_rooms(service: str) -> None:
    inside = [path for path in python_files() if path.parts[:2] == ("services", service)]
    deep = [str(path) for path in inside if len(path.parts) > 5]
    assert deep == []


@pytest.mark.parametrize("entry", ["main.py", "worker.py"])
@pytest.mark.parametrize("service", SERVICES)
def test_entry_files_read_as_a_table_of_contents(service: str, entry: str) -> None:
    lines = (PROJECT / "services" / service / entry).read_text().splitlines()
    assert len(lines) <= 40


def test_only_edge_loops_catch_everything() -> None:
    """An edge loop re-raises, answers or parks; anywhere else a bug would be hidden."""
    edges = {
        "services/admission/api/mllp/server.py",
        "services/admission/handlers/group_commit.py",
        "shared/web/app.py",
        "shared/web/middleware/errors.py",
        "shared/telemetry/tracing.py",
        "shared/spine/audit/journal.py",
        "shared/spine/worker.py",
    }
    catching = {
        str(path)
        for path in python_files()
        if path.parts[0] in {"services", "shared"} and path.parts[:2] != ("shared", "testing")
        for node in nodes_of(path)
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
        )
    }
    assert catching <= edges
