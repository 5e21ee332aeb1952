"""The generated secrets are new, usable, and in files that no other account reaches."""

import base64
import hashlib
import ssl
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from deploy import make_secrets
from deploy.compose.composition import PROJECT
from deploy.make_secrets import contents, main
from shared.security.principal import sha256_of
from shared.security.signatures import signer_of

KEY = "relais_key"


@pytest.fixture(scope="module")
def made() -> Mapping[str, str]:
    return contents(key=KEY)


def test_nothing_but_the_standard_library_is_needed(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    command = [sys.executable, "-IS", str(PROJECT / "deploy" / "make_secrets.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert (folder / "bootstrap_key_sha256").read_text() == sha256_of(done.stderr.split()[-1])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o444}
    with pytest.raises(SystemExit, match="nothing was made"):
        main(folder)


def test_every_secret_is_another_one_each_time(made: Mapping[str, str]) -> None:
    other = contents(key="another")
    assert len({*made.values(), *other.values()}) == 2 * len(made)


def test_what_there_was_is_kept(made: Mapping[str, str]) -> None:
    kept = contents(key=KEY, kept={"AUDIT_KEY": "audit", "PATHWAY_DATABASE_PASSWORD": "word"})
    assert (kept["audit_key"], kept["pathway_database_password"]) == ("audit", "word")
    assert "pathway:word@postgres" in kept["pathway_database_url"]


@pytest.mark.parametrize("other", ["", "COMPOSE_PROJECT_NAME=relais\n"])
def test_what_was_taken_over_is_left_in_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    monkeypatch.setattr(make_secrets, "PROJECT", tmp_path)
    earlier = tmp_path / ".env"
    earlier.write_text(f"# of an earlier release\nAUDIT_KEY=audit\nBOOTSTRAP_KEY_SHA256=digest\n{other}")
    main(tmp_path / "secrets")
    assert (tmp_path / "secrets" / "audit_key").read_text() == "audit"
    assert earlier.exists() is bool(other)
    assert "audit" not in (earlier.read_text() if other else "")


def test_keys_are_those_that_their_digests_and_signatures_ask_for(made: Mapping[str, str]) -> None:
    assert made["bootstrap_key_sha256"] == hashlib.sha256(KEY.encode()).hexdigest()
    assert made["peer_key_sha256"] == sha256_of(made["peer_key"])
    signer = signer_of(made["grant_signing_key"], variable="GRANT_SIGNING_KEY")
    assert signer is not None
    assert signer.public_key == made["grant_keys"]
    masters = [value for name, value in made.items() if name.endswith("_master_key")]
    assert [len(base64.b64decode(value, validate=True)) for value in masters] == [32, 32]


@pytest.mark.parametrize("server", ["kafka", "postgres"])
def test_a_server_proves_its_name_to_who_believes_the_authority(
    made: Mapping[str, str], server: str, tmp_path: Path
) -> None:
    for name in ("authority", f"{server}_certificate"):
        (tmp_path / name).write_text(made[name])
    own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    own.load_cert_chain(tmp_path / f"{server}_certificate")
    client = ssl.create_default_context(cafile=tmp_path / "authority")
    assert _shaken(client, own, host=server)
    with pytest.raises(ssl.SSLCertVerificationError):
        _shaken(client, own, host="elsewhere")


def _shaken(client: ssl.SSLContext, server: ssl.SSLContext, *, host: str) -> bool:
    """Two ends of a wire shake hands, in memory."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(back, there, server_hostname=host)
    answering = server.wrap_bio(there, back, server_side=True)
    for end in (asking, answering, asking, answering):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return asking.version() is not None
