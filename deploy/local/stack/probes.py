"""Asks a part over HTTP whether it is ready for use."""

import http.client
from collections.abc import Callable

from deploy.local.ports import HOST

WITHIN_SECONDS = 2.0


def answers(port: int, path: str) -> Callable[[], bool]:
    """A probe: whether a GET on our own machine answers well; no proxy is asked."""

    def probe() -> bool:
        connection = http.client.HTTPConnection(HOST, port, timeout=WITHIN_SECONDS)
        try:
            connection.request("GET", path)
            return connection.getresponse().status < http.client.BAD_REQUEST
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return probe
