"""Does a worker that cannot show its figures say why?"""

import socket

import pytest

from shared.telemetry.exposure import expose


async def test_a_taken_port_is_one_sentence_for_whoever_starts_the_worker() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            SystemExit, match=rf"pathway cannot listen on port {port}: .*address already in use"
        ):
            async with expose("pathway", port=port):
                pass
