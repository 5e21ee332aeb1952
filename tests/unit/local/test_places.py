"""An empty variable names no state folder."""

import pytest

from deploy.local.places import PROJECT, state_folder


def test_an_empty_state_folder_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_STATE_FOLDER", "")
    assert state_folder() == PROJECT / ".relais"
