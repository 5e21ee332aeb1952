"""A part runs what this clone says, whatever the user's environment holds."""

import pytest

from deploy.local.places import PROJECT
from deploy.local.supervision.children import clean_environment


def test_a_part_runs_the_code_of_the_clone_that_starts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    assert clean_environment({})["PYTHONPATH"] == str(PROJECT)


def test_a_part_gets_its_own_variables_and_none_that_would_change_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_DATABASE_URL", "postgresql://somebody.else/")
    monkeypatch.setenv("PGHOST", "somebody.else")
    environment = clean_environment({"RELAIS_KAFKA_BOOTSTRAP": "127.0.0.1:1"})
    assert environment["RELAIS_KAFKA_BOOTSTRAP"] == "127.0.0.1:1"
    assert not {"RELAIS_DATABASE_URL", "PGHOST"} & environment.keys()
