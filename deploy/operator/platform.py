"""Finds the platform that a command speaks to and calls its services.

`RELAIS_<SERVICE>_URL`, `RELAIS_<SERVICE>_OPERATIONS_URL` and `RELAIS_OPERATOR_KEY` name any platform; what
they leave out is taken from the local stack of this machine. Errors are one sentence each.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deploy.local.errors import StackError
from deploy.local.places import state_folder
from deploy.local.stack.addresses import API_PORTS
from deploy.local.stack.operator_key import demo_key
from deploy.local.supervision.state import read_state
from shared.spine.operations.paths import is_operation

if TYPE_CHECKING:
    import ssl

    import httpx

SERVICES: Final = tuple(API_PORTS)
OPERATIONS: Final = tuple(f"{service}-operations" for service in SERVICES)
TOOLS: Final = ("sms-gateway", "mail-sink", "zipkin")
"""Parts of the local stack that take no key."""
KEY_VARIABLE: Final = "RELAIS_OPERATOR_KEY"
_TIMEOUT_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Platform:
    """The addresses of the services and of their operations, and the operator's key."""

    urls: Mapping[str, str]
    operator_key: str = field(repr=False)

    def get(self, service: str, path: str, query: Mapping[str, str | int] | None = None) -> Any:
        """GET a path of a service; returns the JSON."""
        return self.call("GET", service, path, query=query)

    def post(self, service: str, path: str, body: object = None) -> Any:
        """POST to a service; returns the JSON, None when the answer is empty."""
        return self.call("POST", service, path, body=body)

    def send(self, service: str, path: str, content: bytes, *, timeout_seconds: float) -> Any:
        """POST text to a service; returns the JSON."""
        return self.call("POST", service, path, content=content, timeout_seconds=timeout_seconds)

    def call(
        self,
        method: str,
        service: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: object = None,
        content: bytes | None = None,
        timeout_seconds: float = _TIMEOUT_SECONDS,
    ) -> Any:
        """Call a service.

        Raises:
            StackError: it cannot be reached, refuses the key or rejects the request; the message says which.
        """
        import httpx  # noqa: PLC0415 - it would slow every other command

        url = self.url_of(service, path)
        try:
            # Neither proxies of the environment nor redirects: the address is used as given.
            with httpx.Client(timeout=timeout_seconds, trust_env=False, verify=certificates()) as client:
                answer = client.request(
                    method,
                    url,
                    params=query,
                    json=body,
                    content=content,
                    headers={"Authorization": f"Bearer {self.operator_key}"},
                )
        except httpx.HTTPError as error:
            raise StackError(f"{service} does not answer at {url} ({type(error).__name__})") from None
        if not answer.is_success:
            raise StackError(
                f"{service} answered {answer.status_code} to {method} {path}: {_problem_text(answer)}"
            )
        return answer.json() if answer.content else None

    def url_of(self, service: str, path: str) -> str:
        """The URL of a path of a service, at its API or where its operations are.

        Raises:
            StackError: no address is configured, and it does not run here.
        """
        name = f"{service}-operations" if service in SERVICES and is_operation(path) else service
        try:
            return self.urls[name] + path
        except KeyError:
            raise StackError(
                f"where is {name}? Set {_variable(name)}, or start it here with `relais up`"
            ) from None


@cache
def certificates() -> "ssl.SSLContext":
    """Those of the authorities that a client of HTTPS trusts."""
    # Reading those of all authorities takes longer than a call.
    import httpx  # noqa: PLC0415 - it would slow every other command

    return httpx.create_ssl_context(trust_env=False)


def open_platform(environment: Mapping[str, str] = os.environ, *, key: str | None = None) -> Platform:
    """The platform that the environment names, or else the local one; `key` takes precedence over theirs.

    Raises:
        StackError: there is no key for it.
    """
    folder = state_folder()
    operator_key = key or environment.get(KEY_VARIABLE) or demo_key(folder)
    if not operator_key:
        raise StackError(f"no operator's key: set {KEY_VARIABLE}, or start a platform here with `relais up`")
    names = (*SERVICES, *OPERATIONS, *TOOLS)
    named = {name: environment.get(_variable(name), "").rstrip("/") for name in names}
    return Platform(
        {**_local_urls(folder), **{name: url for name, url in named.items() if url}}, operator_key
    )


def _local_urls(folder: Path) -> dict[str, str]:
    state = read_state(folder)
    records = {} if state.state == "stopped" else {record.name: record for record in state.records}
    apis = {service: records[f"{service}-api"] for service in SERVICES if f"{service}-api" in records}
    return {
        **{service: record.url for service, record in apis.items()},
        **{f"{service}-operations": record.operations for service, record in apis.items()},
        **{name: records[name].url for name in TOOLS if name in records},
    }


def _variable(service: str) -> str:
    return f"RELAIS_{service.upper().replace('-', '_')}_URL"


def _problem_text(answer: "httpx.Response") -> str:
    """A problem document as one sentence."""
    try:
        problem = answer.json()
        said = [problem["title"], *([problem["detail"]] if problem.get("detail") else [])]
        errors = [f"{error['pointer']} {error['detail']}" for error in problem.get("errors", [])]
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase
    return ": ".join([*said, *(["; ".join(errors)] if errors else [])])
