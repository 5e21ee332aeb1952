"""The simulators say where they listen, and stop when they are told to."""

import signal
import subprocess
import sys

import httpx
import pytest

_WAIT_SECONDS = 120


@pytest.mark.parametrize(
    "command",
    [
        ["deploy.local.sms_gateway", "--port", "0"],
        ["deploy.local.mail_sink", "--smtp-port", "0", "--http-port", "0"],
    ],
    ids=["sms", "mail"],
)
def test_it_listens_on_the_loopback_address_and_stops_cleanly_on_sigterm(command: list[str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("listening on ").strip()
            assert url.startswith("http://127.0.0.1:")
            assert httpx.get(f"{url}/health", timeout=_WAIT_SECONDS).text == "ok"
            process.send_signal(signal.SIGTERM)
            assert process.wait(_WAIT_SECONDS) == 0
            assert process.stdout.read() == ""
        finally:
            process.kill()
