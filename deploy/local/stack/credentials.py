"""The secrets that the local stack makes, in one file that only its owner can read."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from deploy.local.stack.bus import IDENTITIES
from shared.security.principal import new_key

FILE = "credentials.json"
SERVICES = ("admission", "pathway", "notifications", "indicators")


@dataclass(frozen=True)
class Credentials:
    """What the stack's parts authenticate with. Made once; the data is unreadable without it."""

    superuser_password: str
    database_passwords: dict[str, str]
    master_keys: dict[str, str]
    sms_password: str
    bootstrap_key_sha256: str
    bootstrap_key_shown: bool = False
    peer_key: str = ""
    """The key with which the services read each other's ledgers."""
    audit_key: str = ""
    """With which the services chain their audits."""
    grant_signing_key: str = ""
    """With which admission signs what it grants: `id=base64`; the others know its public key."""
    index_keys: dict[str, str] = field(default_factory=dict)
    """Of services whose master key was rotated: finds again what was indexed before."""
    kafka_passwords: dict[str, str] = field(default_factory=dict)
    """Of everybody who uses the broker."""


def _master_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _grant_signing_key() -> str:
    return f"{secrets.token_hex(4)}={_master_key()}"


def _kafka_passwords() -> dict[str, str]:
    return {identity: secrets.token_urlsafe(24) for identity in IDENTITIES}


def _made(bootstrap_key_sha256: str) -> Credentials:
    return Credentials(
        superuser_password=secrets.token_urlsafe(24),
        database_passwords={service: secrets.token_urlsafe(24) for service in SERVICES},
        master_keys={service: _master_key() for service in ("admission", "notifications")},
        sms_password=secrets.token_urlsafe(24),
        bootstrap_key_sha256=bootstrap_key_sha256,
        peer_key=new_key()[0],
        audit_key=_master_key(),
        grant_signing_key=_grant_signing_key(),
        kafka_passwords=_kafka_passwords(),
    )


def read_credentials(folder: Path) -> Credentials | None:
    """What an earlier run made, if any."""
    try:
        return Credentials(**json.loads((folder / FILE).read_text()))
    except FileNotFoundError:
        return None


def ensure_credentials(folder: Path) -> tuple[Credentials, str | None]:
    """The credentials, and the operator's key in clear until one has been shown.

    The clear key is nowhere but in what this returns: a start that failed before showing it makes a new one.
    """
    known = read_credentials(folder)
    if known is not None and not known.peer_key:  # made before there was one
        known = replace(known, peer_key=new_key()[0])
        write_credentials(folder, known)
    if known is not None and not known.audit_key:
        known = replace(known, audit_key=_master_key())
        write_credentials(folder, known)
    if known is not None and not known.grant_signing_key:
        known = replace(known, grant_signing_key=_grant_signing_key())
        write_credentials(folder, known)
    if known is not None and not known.kafka_passwords:
        known = replace(known, kafka_passwords=_kafka_passwords())
        write_credentials(folder, known)
    if known is not None and known.bootstrap_key_shown:
        return known, None
    key, sha256 = new_key()
    credentials = _made(sha256) if known is None else replace(known, bootstrap_key_sha256=sha256)
    write_credentials(folder, credentials)
    return credentials, key


def with_new_master_keys(known: Credentials) -> Credentials:
    """Another master key for each service, the first of those that it knows; indexes keep theirs."""
    return replace(
        known,
        master_keys={
            name: f"{secrets.token_hex(4)}:{_master_key()},{keys}" for name, keys in known.master_keys.items()
        },
        index_keys={name: keys.rpartition(":")[2] for name, keys in known.master_keys.items()}
        | known.index_keys,
    )


def mark_shown(folder: Path) -> None:
    """Remember that the operator's key has been shown."""
    known = read_credentials(folder)
    if known is not None:
        write_credentials(folder, replace(known, bootstrap_key_shown=True))


def write_credentials(folder: Path, credentials: Credentials) -> None:
    """Replace what is kept."""
    write_secret(folder / FILE, json.dumps(asdict(credentials), indent=2))


def write_secret(path: Path, text: str) -> None:
    """Replace a file that only its owner can read, whole or not at all, and on the disk."""
    unfinished = path.with_name(f"{path.name}.new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
