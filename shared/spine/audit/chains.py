"""Lends chains to the writers of a process: each has one to itself while it commits.

A chain whose writer failed is left where it ended, for nobody knows what became of its last entries.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from shared.security.audit.chain import Chain


class Chains:
    """The chains of one process, and the key of their digests."""

    def __init__(self, key: bytes = b"") -> None:
        self.key = key
        self._free: list[Chain] = []

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Chain]:
        """A chain that is nobody else's until the block, in which its entries are committed, ends."""
        chain = self._free.pop() if self._free else Chain(self.key, uuid4())
        number, is_committed = chain.number, False
        try:
            yield chain
            is_committed = True
        finally:
            if is_committed or chain.number == number:
                self._free.append(chain)
