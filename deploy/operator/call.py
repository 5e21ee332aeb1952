"""Sends one HTTP request to a service and prints the answer for a person: the command `relais call`."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer
from rich.console import Console

from deploy.local.errors import StackError
from deploy.operator.call_screen import details, field_of, headline, say
from deploy.operator.platform import TOOLS, certificates, open_platform

if TYPE_CHECKING:
    import httpx

FAILED: Final = 1
"""Exit code when the answer is an error, or has not the field that `--print` asks for."""
UNKNOWN_YET: Final = (401, 404)
"""What a service answers until it has learned of a new key or person, which travel to it as events."""
ASK_AGAIN_SECONDS: Final = 0.2
_TIMEOUT_SECONDS: Final = 60.0

Method = Literal["GET", "POST", "PUT", "DELETE"]
Name = Literal["admission", "pathway", "notifications", "indicators", "sms-gateway", "mail-sink", "zipkin"]


def call(
    method: Annotated[Method, typer.Argument(case_sensitive=False, show_default=False)],
    service: Annotated[Name, typer.Argument(help="Who is asked; its address is known.")],
    path: Annotated[str, typer.Argument(help='Such as "/v1/indicators/occupancy?from=2026-03-01".')],
    *,
    data: Annotated[
        str | None, typer.Option("--data", "-d", help="The body; @FILE, or @- for stdin.")
    ] = None,
    media_type: Annotated[str, typer.Option("--type", help="What the body is.")] = "application/json",
    key: Annotated[str | None, typer.Option(help="Whose key; the operator's without.")] = None,
    printed: Annotated[
        str | None, typer.Option("--print", help="Only these fields on standard output: person_id or a,b.")
    ] = None,
    within: Annotated[
        float,
        typer.Option(help="For so many seconds, ask again while the key or the person is unknown."),
    ] = 0.0,
) -> None:
    """Send one request and show the answer; the exit code is 1 when it is an error."""
    if not path.startswith("/"):
        raise typer.BadParameter(f"the path begins with a slash: /{path}")
    # What a shell leaves of a variable that is not set: no key is not the operator's.
    if key is not None and not key.strip():
        raise typer.BadParameter("the key is empty: is its variable not set in this terminal?")
    if _has_empty_part(path):
        raise typer.BadParameter(f"a part of the path is empty: {path}: is its variable not set?")
    body = None if data is None else _body(data)
    answer = _answer(method, service, path, body=body, media_type=media_type, key=key, within=within)
    headline(answer, Console(stderr=True))
    if answer.is_error:
        details(answer, Console(stderr=True))
        raise typer.Exit(FAILED)
    if printed is None:
        say(answer, Console())
        return
    say(answer, Console(stderr=True))
    fields = {name: field_of(answer, name) for name in printed.split(",")}
    for name, field in fields.items():
        if field is None:
            raise StackError(f"the answer has no field {name}")
    typer.echo(" ".join(str(field) for field in fields.values()))


def _has_empty_part(path: str) -> bool:
    before_query = path.partition("?")[0]
    return "//" in before_query or (before_query.endswith("/") and before_query.startswith("/v1/"))


def _body(data: str) -> bytes:
    if not data.startswith("@"):
        return data.encode()
    if data == "@-":
        return sys.stdin.buffer.read()
    try:
        return Path(data[1:]).read_bytes()
    except OSError as error:
        raise StackError(f"{data[1:]} cannot be read: {error.strerror}") from None


def _answer(
    method: str,
    service: str,
    path: str,
    *,
    body: bytes | None,
    media_type: str,
    key: str | None,
    within: float,
) -> "httpx.Response":
    import httpx  # noqa: PLC0415 - it would slow every other command

    platform = open_platform(key=key)
    url = platform.url_of(service, path)
    headers = {} if body is None else {"Content-Type": media_type}
    if service not in TOOLS:
        headers["Authorization"] = f"Bearer {platform.operator_key}"
    deadline = time.monotonic() + within
    # An address is where it says: no proxy of the environment, no redirect.
    with httpx.Client(timeout=_TIMEOUT_SECONDS, trust_env=False, verify=certificates()) as client:
        while True:
            try:
                answer = client.request(method, url, content=body, headers=headers)
            except httpx.HTTPError as error:
                raise StackError(f"{service} does not answer at {url} ({type(error).__name__})") from None
            if answer.status_code not in UNKNOWN_YET or time.monotonic() > deadline:
                return answer
            time.sleep(ASK_AGAIN_SECONDS)
