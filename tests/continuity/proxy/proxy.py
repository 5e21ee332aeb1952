"""A port in front of a server whose connections a fault can cut, delay or stop forwarding."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from deploy.local.ports import HOST
from tests.continuity.proxy.link import Link, reset

CONNECT_WITHIN_SECONDS: Final = 5.0


class Proxy:
    """One server's proxy."""

    def __init__(self, *, port: int, target_port: int) -> None:
        self.port = port
        self.delay_seconds = 0.0
        """Delay of every chunk, each way."""
        self.answers_to_lose = 0
        """The answers to this many of the next COMMITs are dropped."""
        self.answers_lost = 0
        self._target_port = target_port
        self.links: set[Link] = set()
        self._clear = asyncio.Event()
        self._clear.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen for as long as the block lasts."""
        server = await asyncio.start_server(self._serve, HOST, self.port)
        try:
            yield
        finally:
            server.close()
            self.heal()
            self.cut()

    def cut(self) -> None:
        """Reset all connections."""
        for link in list(self.links):
            link.cut()

    def stop_forwarding(self) -> None:
        """Forward nothing from now on, without closing any connection."""
        self._clear.clear()

    def heal(self) -> None:
        """Forward again, beginning with what was held back."""
        self.delay_seconds, self.answers_to_lose = 0.0, 0
        self._clear.set()

    def link_at(self, server_side_port: int) -> Link | None:
        """The link that the server knows by this port."""
        return next((link for link in self.links if link.server_side_port == server_side_port), None)

    async def until_clear(self) -> None:
        """See `Conditions`."""
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        await self._clear.wait()

    def loses_answer_to_commit(self) -> bool:
        """See `Conditions`."""
        if not self.answers_to_lose:
            return False
        self.answers_to_lose -= 1
        self.answers_lost += 1
        return True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._clear.wait()
            async with asyncio.timeout(CONNECT_WITHIN_SECONDS):
                server = await asyncio.open_connection(HOST, self._target_port)
        except OSError:
            reset(writer)
            return
        link = Link((reader, writer), server, self)
        self.links.add(link)
        try:
            await link.run()
        except OSError:
            pass
        finally:
            self.links.discard(link)
