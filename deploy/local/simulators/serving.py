"""Serves a simulator in one process, on the loopback address, until SIGTERM or Ctrl-C."""

import os
import signal
import socket
import sys

import uvicorn
from starlette.applications import Starlette

_GRACE_SECONDS = 2


def bind_host() -> str:
    """127.0.0.1, unless a container has to be reached from outside."""
    return os.environ.get("RELAIS_BIND_HOST", "127.0.0.1")


def listen(port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one."""
    listening = socket.create_server((bind_host(), port), reuse_port=False)
    listening.setblocking(False)
    return listening


def url_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{host}:{port}"


def serve(app: Starlette, listening: socket.socket) -> None:
    """Says where it listens on the first line of stdout, serves, and returns after SIGTERM or SIGINT."""
    # uvicorn raises the signal again after its clean stop; that is the stop, not an accident.
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, signal.SIG_IGN)
    sys.stdout.write(f"listening on {url_of(listening)}\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=_GRACE_SECONDS, lifespan="on"
    )
    uvicorn.Server(config).run(sockets=[listening])
