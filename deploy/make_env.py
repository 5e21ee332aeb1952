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

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_BASE_Y = 4 * pow(5, -1, _P) % _P
_BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202

_Point = tuple[int, int]


def _sum(one: _Point, other: _Point) -> _Point:
    (x1, y1), (x2, y2) = one, other
    product = _D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, _P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, _P)
    return x % _P, y % _P


def public_key(seed: bytes) -> bytes:
    """The public key of an Ed25519 private key (RFC 8032, section 5.1.5); not for keys under attack."""
    scalar = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    scalar = scalar & ((1 << 254) - 8) | (1 << 254)
    found, power = (0, 1), (_BASE_X, _BASE_Y)
    while scalar:
        if scalar & 1:
            found = _sum(found, power)
        power, scalar = _sum(power, power), scalar >> 1
    return (found[1] | (found[0] & 1) << 255).to_bytes(32, "little")


def _value(name: str, *, key: str, peer_key: str, seed: bytes) -> str:
    if name in {"GRANT_SIGNING_KEY", "GRANT_KEYS"}:
        own = seed if name == "GRANT_SIGNING_KEY" else public_key(seed)
        return f"{hashlib.sha256(public_key(seed)).hexdigest()[:8]}={base64.b64encode(own).decode()}"
    if name.endswith(("_MASTER_KEY", "AUDIT_KEY")):
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
    peer_key, seed = secrets.token_urlsafe(32), secrets.token_bytes(32)
    lines = []
    for line in example.splitlines():
        name, equals, _ = line.partition("=")
        is_variable = equals and not line.startswith("#")
        lines.append(f"{name}={_value(name, key=key, peer_key=peer_key, seed=seed)}" if is_variable else line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    operator_key = f"relais_{secrets.token_urlsafe(32)}"
    sys.stdout.write(filled(EXAMPLE.read_text(encoding="utf-8"), key=operator_key))
    sys.stderr.write(f"The operator's key, shown once: {operator_key}\n")
