"""`python -m shared.web.serve services.x.main:app --host H --port N`: serves an application with uvicorn.

It listens on as many copies of one socket as connections are to be accepted together: uvloop accepts one per
copy and turn of its loop, and under load a turn takes a tenth of a second. New connections waited before any
limit of ours (measured: 100 new ones beside 100 busy ones for 9.8 s; on sixteen copies 0.6 s).
"""

import argparse
import socket
import sys
from collections.abc import Sequence
from typing import Final

import uvicorn

from shared.runtime.open_files import allow_open_files
from shared.web.connections import MOST_CONNECTIONS, protocol_of

ACCEPTED_AT_ONCE: Final = 32
_OTHER_FILES: Final = 256
"""To the database, to the broker, and what Python opens."""
_NOT_STARTED: Final = 3
"""As uvicorn's own command ends then."""


def copies_of(listening: socket.socket) -> list[socket.socket]:
    """The socket and its copies; all take from the one queue."""
    return [listening, *(listening.dup() for _ in range(ACCEPTED_AT_ONCE - 1))]


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; what is asked by then is still answered."""
    parser = argparse.ArgumentParser(prog="serve", description=main.__doc__)
    parser.add_argument("application", help="module:attribute")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    chosen = parser.parse_args(arguments)
    allow_open_files(MOST_CONNECTIONS + _OTHER_FILES)
    config = uvicorn.Config(
        chosen.application,
        host=chosen.host,
        port=chosen.port,
        access_log=False,
        http=protocol_of(MOST_CONNECTIONS),
    )
    # Bound now, so that a port that is taken is reported now; it listens once the application has started.
    server = uvicorn.Server(config)
    server.run(sockets=copies_of(config.bind_socket()))
    if not server.started:
        sys.exit(_NOT_STARTED)


if __name__ == "__main__":
    main()
