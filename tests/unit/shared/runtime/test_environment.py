"""How the settings of a process are read."""

from pathlib import Path

import msgspec
import pytest

from shared.runtime import environment


class _Settings(msgspec.Struct, frozen=True, rename=environment.variable):
    password: str
    ca_file: str = ""


def _file(folder: Path, text: str, mode: int = 0o600) -> str:
    file = folder / "password"
    file.write_text(text)
    file.chmod(mode)
    return str(file)


def _read(**variables: str) -> _Settings:
    return environment.read(_Settings, "a service", variables)


def test_a_setting_may_stand_in_a_file(tmp_path: Path) -> None:
    assert _read(RELAIS_PASSWORD_FILE=_file(tmp_path, "open sesame\n")).password == "open sesame"


def test_a_setting_that_is_a_files_name_is_not_read_from_it() -> None:
    assert _read(RELAIS_PASSWORD="secret", RELAIS_CA_FILE="/ca.pem").ca_file == "/ca.pem"


def test_a_variable_and_its_file_are_not_both_given(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="RELAIS_PASSWORD and RELAIS_PASSWORD_FILE are both set"):
        _read(RELAIS_PASSWORD="one", RELAIS_PASSWORD_FILE=_file(tmp_path, "other"))


def test_a_file_that_is_not_there_ends_the_process_without_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="RELAIS_PASSWORD_FILE names no file that can be read"):
        _read(RELAIS_PASSWORD_FILE=str(tmp_path / "absent"))


def test_an_empty_file_counts_as_not_set(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="RELAIS_PASSWORD not set"):
        _read(RELAIS_PASSWORD_FILE=_file(tmp_path, "\n"))
