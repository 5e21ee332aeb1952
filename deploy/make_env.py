"""Prints an `.env` with fresh secrets for Compose: `python3 deploy/make_env.py > .env`.

Standard library only, so that a machine with nothing but Docker and Python can run it. The operator's key
goes to standard error: it is shown only this once and stored nowhere.
"""

import base64
import hashlib
import secrets
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / ".env.example"


def _value(name: str, *, key: str, peer_key: str) -> str:
    if name.endswith("_MASTER_KEY"):
        return base64.b64encode(secrets.token_bytes(32)).decode()
    if name == "BOOTSTRAP_KEY_SHA256":
        return hashlib.sha256(key.encode()).hexdigest()
    if name == "PEER_KEY_SHA256":
        return hashlib.sha256(peer_key.encode()).hexdigest()
    if name == "PEER_KEY":
        return peer_key
    return secrets.token_hex(24)


def filled(example: str, *, key: str) -> str:
    """Fill the example with a new secret for every variable; `key` is the operator's."""
    peer_key = secrets.token_urlsafe(32)
    lines = []
    for line in example.splitlines():
        name, equals, _ = line.partition("=")
        is_variable = equals and not line.startswith("#")
        lines.append(f"{name}={_value(name, key=key, peer_key=peer_key)}" if is_variable else line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    operator_key = f"relais_{secrets.token_urlsafe(32)}"
    sys.stdout.write(filled(EXAMPLE.read_text(encoding="utf-8"), key=operator_key))
    sys.stderr.write(f"The operator's key, shown once: {operator_key}\n")
