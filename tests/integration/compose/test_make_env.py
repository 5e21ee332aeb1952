"""The generated `.env` has a new, usable secret for every variable."""

import base64
import hashlib
import subprocess
import sys

from deploy.compose.composition import PROJECT
from deploy.make_env import filled
from shared.security.principal import sha256_of
from shared.security.signatures import signer_of


def made() -> tuple[dict[str, str], str]:
    done = subprocess.run(
        [sys.executable, "-IS", str(PROJECT / "deploy" / "make_env.py")],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    lines = (line for line in done.stdout.splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines), done.stderr.split()[-1]


def test_every_variable_is_filled_and_differs_from_run_to_run() -> None:
    first, second = made()[0], made()[0]
    assert all(first.values())
    assert len({*first.values(), *second.values()}) == 2 * len(first)


def test_the_operators_key_is_the_one_whose_digest_is_written() -> None:
    values, key = made()
    assert values["BOOTSTRAP_KEY_SHA256"] == sha256_of(key) == hashlib.sha256(key.encode()).hexdigest()


def test_master_keys_are_32_bytes() -> None:
    values, _ = made()
    masters = [value for name, value in values.items() if name.endswith("_MASTER_KEY")]
    assert [len(base64.b64decode(value, validate=True)) for value in masters] == [32, 32]


def test_what_admission_signs_the_others_can_verify() -> None:
    values, _ = made()
    signer = signer_of(values["GRANT_SIGNING_KEY"], variable="GRANT_SIGNING_KEY")
    assert signer is not None
    assert signer.public_key == values["GRANT_KEYS"]


def test_what_the_example_explains_stays() -> None:
    assert filled("# openssl rand A=\nX_PASSWORD=\n", key="").startswith("# openssl rand A=\nX_PASSWORD=")
