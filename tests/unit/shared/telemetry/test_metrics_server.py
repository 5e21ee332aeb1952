"""A worker that cannot show its metrics says why."""

import socket

import pytest

from shared.telemetry.metrics_server import serve_metrics


async def test_a_taken_port_is_one_sentence_for_whoever_starts_the_worker() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            SystemExit, match=rf"pathway cannot listen on port {port}: .*address already in use"
        ):
            async with serve_metrics("pathway", port=port):
                pass
