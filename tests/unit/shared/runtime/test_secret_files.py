"""Which files with secrets are taken, by who can read them."""

from pathlib import Path

import pytest

from services.admission.settings import Settings
from shared.runtime import secret_files
from shared.runtime.secret_files import others_who_read, require_private, secret_in
from shared.web.serve import main

OWN, ROOT = 1000, 0


def _file(folder: Path, mode: int) -> Path:
    file = folder / "secret"
    file.write_text("open sesame\n")
    file.chmod(mode)
    return file


@pytest.mark.parametrize(
    ("mode", "owner", "said"),
    [
        (0o600, OWN, ""),
        (0o400, ROOT, ""),
        (0o440, ROOT, ""),
        (0o640, ROOT, ""),
        (0o640, OWN, "a group can read: chmod g-rw"),
        (0o620, OWN, "a group can read: chmod g-rw"),
        (0o604, OWN, "every account can read: chmod o-rw"),
        (0o602, ROOT, "every account can read: chmod o-rw"),
    ],
)
def test_a_file_is_for_its_owner_or_for_a_group_that_root_chose(mode: int, owner: int, said: str) -> None:
    assert others_who_read(mode, owner=owner) == said


def test_a_file_that_others_can_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="RELAIS_X_FILE names a file that every account can read: chmod"):
        secret_in(_file(tmp_path, 0o644), variable="RELAIS_X_FILE")


def test_what_an_engine_mounts_into_its_container_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_files, "MOUNTED", tmp_path)
    require_private(str(_file(tmp_path, 0o644)), variable="RELAIS_X_FILE")


@pytest.mark.parametrize(
    "variable", ["RELAIS_KAFKA_CERTIFICATE_FILE", "RELAIS_MLLP_CERTIFICATE", "RELAIS_MLLP_KEY"]
)
def test_no_process_starts_with_a_private_key_that_others_can_read(tmp_path: Path, variable: str) -> None:
    given = {
        "RELAIS_DATABASE_URL": "postgresql://x",
        "RELAIS_KAFKA_BOOTSTRAP": "x:1",
        "RELAIS_KAFKA_SECURITY_PROTOCOL": "SSL",
        "RELAIS_MASTER_KEY": "A" * 43 + "=",
        variable: str(_file(tmp_path, 0o644)),
    }
    with pytest.raises(SystemExit, match=f"{variable} names a file that every account can read"):
        Settings.of(given)


def test_no_service_is_served_with_a_private_key_that_others_can_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    certificate = str(_file(tmp_path, 0o644))
    application = ["tests.unit.shared.web.two_ports:app", "--port", "0", "--operations-port", "0"]
    with pytest.raises(SystemExit):
        main([*application, "--certificate", certificate])
    assert "--certificate names a file that every account can read" in capsys.readouterr().err
