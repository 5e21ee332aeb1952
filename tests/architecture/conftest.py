"""Lets go of the parsed source after the last test that looks at it."""

from pathlib import Path

import pytest

from tests.architecture.source_files import forget


def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """What stays is looked through with every collection of all garbage, until the end of the run."""
    if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
        forget()
