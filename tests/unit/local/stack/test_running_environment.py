"""A command beside the stack asks the ports that it listens on, whichever those are."""

from pathlib import Path

import pytest

from deploy.local.errors import StackError
from deploy.local.stack.credentials import ensure_credentials
from deploy.local.stack.running_environment import running_environment
from deploy.local.supervision.state import Record, State, supervising, write_state


def test_ledgers_are_asked_where_the_operations_listen(tmp_path: Path) -> None:
    ensure_credentials(tmp_path)
    api = Record("admission-api", "part", url="http://127.0.0.1:7001", operations="http://127.0.0.1:7002")
    database = Record("postgresql", "part", url="postgresql://127.0.0.1:7003")
    with supervising(tmp_path):
        write_state(tmp_path, State(state="ready", records=[api, database]))
        environment = running_environment(tmp_path, "pathway")
    assert environment["RELAIS_PUBLISHERS"] == "admission=http://127.0.0.1:7002"
    assert ":7003/" in environment["RELAIS_DATABASE_URL"]


def test_without_a_stack_there_is_no_environment(tmp_path: Path) -> None:
    ensure_credentials(tmp_path)
    with pytest.raises(StackError):
        running_environment(tmp_path, "pathway")
