"""Makes the secrets of Compose, one file each: `python3 deploy/make_secrets.py`, once, writes `secrets/`.

Standard library and the command openssl only, for a machine that has nothing but these and an engine. What an
`.env` of an earlier release holds is taken over, and out of it. The operator's key goes to standard error: it
is shown only this once and stored nowhere.
"""

import base64
import hashlib
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

PROJECT = Path(__file__).parents[1]
SERVICES = ("admission", "pathway", "notifications", "indicators")
BUS_USERS = ("broker", "operator", *SERVICES)
NAMED = {"kafka": "DNS:kafka,DNS:localhost", "postgres": "DNS:postgres,DNS:localhost"}
"""The servers that prove who they are -> under which names."""
OTHERS = ("postgres", "sms_gateway", "grafana_admin")
MOUNTED = "/run/secrets"
DAYS = 825
_NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config settings"

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


def contents(*, key: str, kept: Mapping[str, str] | None = None) -> dict[str, str]:
    """Name of each secret -> what its file holds; `key` is the operator's, `kept` what there is already."""
    peer_key, seed = secrets.token_urlsafe(32), secrets.token_bytes(32)
    key_id = hashlib.sha256(public_key(seed)).hexdigest()[:8]
    made = {
        **{f"{name}_master_key": _random_key() for name in ("admission", "notifications")},
        "audit_key": _random_key(),
        "bootstrap_key_sha256": hashlib.sha256(key.encode()).hexdigest(),
        "grant_signing_key": f"{key_id}={base64.b64encode(seed).decode()}",
        "grant_keys": f"{key_id}={base64.b64encode(public_key(seed)).decode()}",
        "peer_key": peer_key,
        "peer_key_sha256": hashlib.sha256(peer_key.encode()).hexdigest(),
        **{f"{user}_kafka_password": secrets.token_hex(24) for user in BUS_USERS},
        **{f"{service}_database_password": secrets.token_hex(24) for service in SERVICES},
        **{
            f"{name}_password": secrets.token_hex(24) for name in ("postgres", "sms_gateway", "grafana_admin")
        },
    }
    made |= {name: kept[name.upper()] for name in made if kept and kept.get(name.upper())}
    made |= {f"{service}_database_url": _database_url(service, made) for service in SERVICES}
    # Who is the broker, and whose password is whose, is all in one line.
    passwords = {user: made.pop(f"{user}_kafka_password") for user in ("broker",)}
    passwords |= {user: made[f"{user}_kafka_password"] for user in BUS_USERS[1:]}
    return {**made, "kafka_properties": _properties(passwords), **certificates()}


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _database_url(service: str, made: Mapping[str, str]) -> str:
    password = made[f"{service}_database_password"]
    checked = f"sslmode=verify-full&sslrootcert={MOUNTED}/authority"
    return f"postgresql://{service}:{password}@postgres:5432/{service}?{checked}"


def _properties(passwords: Mapping[str, str]) -> str:
    """Of the node: whom each listener knows. All else is in `deploy/kafka/broker.env`."""
    own = {"broker": passwords["broker"]}
    known = {"clients": passwords, "host": passwords, "controller": own}
    return "".join(
        f"listener.name.{listener}.plain.sasl.jaas.config={_login_module(users)}\n"
        for listener, users in known.items()
    )


def _login_module(passwords: Mapping[str, str]) -> str:
    users = " ".join(f'user_{user}="{password}"' for user, password in passwords.items())
    module = "org.apache.kafka.common.security.plain.PlainLoginModule"
    return f'{module} required username="broker" password="{passwords["broker"]}" {users};'


def certificates() -> dict[str, str]:
    """An authority, and a certificate of it for each server, with its key; that of the authority goes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "settings").write_text(
            "[req]\ndistinguished_name=name\n[name]\n[authority]\n"
            + _extensions("keyCertSign,cRLSign", ca=True)
        )
        made = f"-out authority.pem -keyout authority.key -days {DAYS} -subj /CN=Relais"
        _openssl(folder, f"req -x509 {_NEW_KEY} -extensions authority {made}")
        servers = {f"{server}_certificate": _certificate(folder, server) for server in NAMED}
        return {"authority": (folder / "authority.pem").read_text(), **servers}


def _certificate(folder: Path, server: str) -> str:
    names = f"subjectAltName={NAMED[server]}\nextendedKeyUsage=serverAuth\n"
    (folder / "extensions").write_text(names + _extensions("digitalSignature", ca=False))
    _openssl(folder, f"req -new {_NEW_KEY} -subj /CN={server} -keyout server.key -out server.request")
    signed = f"-CA authority.pem -CAkey authority.key -CAcreateserial -days {DAYS} -extfile extensions"
    _openssl(folder, f"x509 -req -in server.request {signed} -out server.pem")
    return (folder / "server.key").read_text() + (folder / "server.pem").read_text()


def _extensions(usage: str, *, ca: bool) -> str:
    basic = "CA:TRUE,pathlen:0" if ca else "CA:FALSE"
    identifiers = "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    return f"basicConstraints=critical,{basic}\nkeyUsage=critical,{usage}\n{identifiers}"


def _openssl(folder: Path, arguments: str) -> None:
    try:
        subprocess.run(  # noqa: S603
            ["openssl", *arguments.split()],  # noqa: S607 - wherever this machine has it
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        sys.exit("the command openssl is needed, which makes the certificates")
    except subprocess.CalledProcessError as error:
        sys.exit(f"openssl {arguments.partition(' ')[0]} failed: {error.stderr.strip()}")


def _leave(earlier: Path, lines: Sequence[str]) -> None:
    """Leave only these lines in an `.env`, and none of what says nothing."""
    if any(line.strip() and not line.startswith("#") for line in lines):
        earlier.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    else:
        earlier.unlink()


def main(folder: Path) -> None:
    """Write the files; a folder that is there already stays as it is."""
    if folder.exists():
        sys.exit(f"{folder} is there already: nothing was made")
    earlier = PROJECT / ".env"
    lines = earlier.read_text(encoding="utf-8").splitlines() if earlier.exists() else []
    kept = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    operator_key = f"relais_{secrets.token_urlsafe(32)}"
    made = contents(key=operator_key, kept=kept)
    # Nobody else may enter the folder. Containers see each file with its mode, under accounts of their own,
    # none of which is the owner's: Compose mounts files as they are (its `uid` and `mode` are for Swarm).
    folder.mkdir(mode=0o700)
    for name, content in made.items():
        (folder / name).write_text(content, encoding="utf-8")
        (folder / name).chmod(0o444)
    if kept:
        _leave(earlier, [line for line in lines if line.partition("=")[0].lower() not in made])
    if "BOOTSTRAP_KEY_SHA256" not in kept:
        sys.stderr.write(f"The operator's key, shown once: {operator_key}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "secrets")
