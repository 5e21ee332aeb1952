"""How does `relais demo` act as an operator, when the printed key is kept nowhere? By a key of its own."""

import http.client
import json
import time
from pathlib import Path

from deploy.local.credentials import write_secret
from deploy.local.errors import StackError
from deploy.local.ports import HOST

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


def _ask(port: int, operator_key: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    headers = {"Authorization": f"Bearer {operator_key}", "Content-Type": "application/json"}
    try:
        body = json.dumps({"name": "relais demo", "scopes": ["operator"]})
        connection.request("POST", "/v1/sources", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()
