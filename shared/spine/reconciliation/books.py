"""Whose books does a service keep? Its own ledger, and what it holds of each publisher that it consumes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.runtime.environment import named_addresses
from shared.security.authentication import Authenticator
from shared.spine.access.api_keys import ApiKeyAuthenticator
from shared.spine.access.peers import PeerAuthenticator
from shared.spine.reconciliation.counting import Side, inbox_side, ledger_side
from shared.spine.reconciliation.peer import Peer
from shared.web.client import open_client

_PHASE_TIMEOUT_SECONDS: Final = 10.0


@dataclass(frozen=True, kw_only=True)
class Books:
    """What both processes of a service need to account for its events."""

    service: str
    pool: Pool
    clock: Clock
    consumes: Sequence[str]
    """Publishers whose events this service applies."""
    peers: Mapping[str, Peer]
    """Those of them that it can ask."""
    key_sha256: str
    """Digest of the key that opens our own."""

    @property
    def ledger(self) -> Side:
        """What this service published."""
        return ledger_side(self.pool, self.service)

    def inbox(self, publisher: str) -> Side:
        """What this service holds of a publisher."""
        return inbox_side(self.pool, publisher)

    def authenticator(self) -> Authenticator:
        """Recognises the keys that admission granted, and our own services."""
        return PeerAuthenticator(ApiKeyAuthenticator(self.pool), key_sha256=self.key_sha256)


@asynccontextmanager
async def open_books(
    service: str,
    pool: Pool,
    clock: Clock,
    *,
    consumes: Sequence[str] = (),
    publishers: str = "",
    key: str = "",
    key_sha256: str = "",
) -> AsyncIterator[Books]:
    """`publishers` says where the ledgers are (`name=url,...`), `key` opens them and `key_sha256` ours."""
    async with open_client(timeout_seconds=_PHASE_TIMEOUT_SECONDS) as client:
        addresses = named_addresses(publishers, variable="RELAIS_PUBLISHERS")
        yield Books(
            service=service,
            pool=pool,
            clock=clock,
            consumes=consumes,
            key_sha256=key_sha256,
            peers={
                publisher: Peer(client, publisher=publisher, url=addresses[publisher], key=key)
                for publisher in consumes
                if publisher in addresses
            },
        )
