"""The operators' keys of the local stack: the demo's, which is kept, and a new one for a lost one."""

import asyncio
import http.client
import json
import time
from dataclasses import replace
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.ports import HOST
from deploy.local.servers.databases import superuser_url
from deploy.local.stack.credentials import Credentials, read_credentials, write_credentials, write_secret
from deploy.local.supervision.state import is_supervised, port_of, read_state
from shared.security.principal import sha256_of

FILE = "demo-operator-key"
WITHIN_SECONDS, PAUSE_SECONDS = 30.0, 0.5


def demo_key(folder: Path) -> str | None:
    """The demo's operator key, if this stack has one."""
    try:
        return (folder / FILE).read_text().strip()
    except FileNotFoundError:
        return None


def make_demo_key(folder: Path, *, operator_key: str, admission_port: int) -> None:
    """Have admission make the key, which also shows that the operator's key is accepted.

    Raises:
        StackError: admission did not accept the operator's key in time.
    """
    deadline = time.monotonic() + WITHIN_SECONDS
    while True:
        status, body = _ask(admission_port, operator_key)
        if status == http.client.CREATED:
            write_secret(folder / FILE, str(json.loads(body)["key"]))
            return
        if time.monotonic() > deadline:
            raise StackError(f"admission does not accept the operator's key (HTTP {status}): `relais logs`")
        # Its worker registers the key just after its start.
        time.sleep(PAUSE_SECONDS)


def check_replaceable(folder: Path) -> Credentials:
    """The credentials of the running stack.

    Raises:
        StackError: it does not run.
    """
    credentials = read_credentials(folder)
    if credentials is None or not is_supervised(folder):
        raise StackError("admission makes the key, and is not running: `relais up` starts it")
    return credentials


def replace_operator_key(folder: Path) -> str:
    """Make a new operator's key and end the earlier one, which need not be known; returns the new one.

    Raises:
        StackError: the stack does not run, or admission refuses.
    """
    credentials = check_replaceable(folder)
    state, authority = read_state(folder), demo_key(folder)
    if authority is None:
        # Made before the demo had a key: the next start makes and shows a new operator's key by itself.
        write_credentials(folder, replace(credentials, bootstrap_key_shown=False))
        raise StackError("the next start shows a new operator's key: `relais down`, then `relais up`")
    port = port_of(state, "admission-api")
    earlier = asyncio.run(_key_id(credentials, database_port=port_of(state, "postgresql")))
    status, body = _ask(port, authority, name="operator", scopes=("operator", "read", "circle", "intake"))
    if status != http.client.CREATED:
        raise StackError(f"admission did not make a key (HTTP {status}): `relais logs admission-api`")
    key = str(json.loads(body)["key"])
    write_credentials(
        folder, replace(credentials, bootstrap_key_sha256=sha256_of(key), bootstrap_key_shown=True)
    )
    if earlier is not None:
        _call(port, "DELETE", f"/v1/keys/{earlier}", key)
    return key


async def _key_id(credentials: Credentials, *, database_port: int) -> str | None:
    """The id of the operator's key, of which only the hash is known here."""
    import asyncpg  # noqa: PLC0415 - it would slow every command that only looks

    address = superuser_url(password=credentials.superuser_password, port=database_port, database="admission")
    connection = await asyncpg.connect(address, timeout=WITHIN_SECONDS)
    try:
        found = await connection.fetchval(
            "SELECT key_id FROM api_keys WHERE key_sha256 = $1", credentials.bootstrap_key_sha256
        )
    finally:
        await connection.close()
    return None if found is None else str(found)


def _ask(
    port: int, operator_key: str, *, name: str = "relais demo", scopes: tuple[str, ...] = ("operator",)
) -> tuple[int, bytes]:
    body = json.dumps({"name": name, "scopes": scopes})
    return _call(port, "POST", "/v1/sources", operator_key, body)


def _call(port: int, method: str, path: str, operator_key: str, body: str | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    headers = {"Authorization": f"Bearer {operator_key}", "Content-Type": "application/json"}
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()
