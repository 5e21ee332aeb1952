"""A platform that answers what a test tells it to, and remembers what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[str, str, Any], tuple[int, Any]]
"""(method, path with query, body) -> status and body; bytes came unless JSON did; text is sent as CSV."""


class StandIn:
    """What was asked of it: (method, path with query, authorization)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[tuple[str, str, str]] = []


@contextmanager
def stand_in(answer: Answer) -> Iterator[StandIn]:
    """Serve the answers for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            said = self.rfile.read(int(self.headers.get("content-length", 0)))
            standing.asked.append((self.command, self.path, self.headers.get("authorization", "")))
            is_json = self.headers.get("content-type") == "application/json"
            status, body = answer(self.command, self.path, json.loads(said) if is_json else said or None)
            self.send_response(status)
            is_text = isinstance(body, str)
            kind = (
                "application/problem+json" if status >= 400 else "text/csv" if is_text else "application/json"
            )
            self.send_header("content-type", kind)
            self.end_headers()
            if body is not None:
                self.wfile.write((body if is_text else json.dumps(body)).encode())

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the names that the base class calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        standing = StandIn(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield standing
        finally:
            server.shutdown()
            thread.join()


def addresses(url: str) -> dict[str, str]:
    """The environment that names this address for everything that a platform serves."""
    names = ("ADMISSION", "PATHWAY", "NOTIFICATIONS", "INDICATORS")
    return {f"RELAIS_{name}{port}_URL": url for name in names for port in ("", "_OPERATIONS")}
