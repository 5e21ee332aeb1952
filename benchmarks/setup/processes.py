"""Runs the contestants as processes, with one uvicorn worker per API."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.local.places import PROJECT
from deploy.local.ports import HOST, free_port
from deploy.local.supervision.children import leashed, start_child, stop_child


@contextmanager
def open_process(
    folder: Path, module: str, environment: Mapping[str, str], *arguments: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m module`, stopped at the end however the benchmark ends."""
    process = start_child(
        leashed([sys.executable, "-m", module, *arguments]),
        log=folder / f"{module}.log",
        environment={**os.environ, **environment, "PYTHONPATH": str(PROJECT)},
    )
    try:
        yield process
    finally:
        stop_child(process)


@contextmanager
def open_api(folder: Path, app: str, *, ready: str, environment: Mapping[str, str]) -> Iterator[str]:
    """Serve an ASGI application as in production; gives its URL once `ready` answers."""
    port = free_port()
    arguments = ["--host", HOST, "--port", str(port)]
    if app.startswith("services."):
        entry = ["shared.web.serve", app, *arguments, "--operations-port", str(free_port(avoid=[port]))]
    else:
        entry = ["uvicorn", app, *arguments, "--no-access-log"]
    with open_process(folder, entry[0], environment, *entry[1:]):
        url = f"http://{HOST}:{port}"
        wait_until_ready(url + ready)
        yield url


def wait_until_ready(url: str, *, within_seconds: float = 60.0) -> None:
    """Come back once something answers there."""
    deadline = time.monotonic() + within_seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
