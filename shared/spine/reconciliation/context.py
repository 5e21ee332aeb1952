"""Holds what both processes of a service need to account for its events."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.runtime.environment import named_addresses
from shared.spine.reconciliation.hours.counting import Side, inbox_side, ledger_side
from shared.spine.reconciliation.ledger.client import LedgerClient
from shared.web.client import open_client
from shared.web.state import StateEntry

_PHASE_TIMEOUT_SECONDS: Final = 10.0


@dataclass(frozen=True, kw_only=True)
class ReconciliationContext:
    """The service's own ledger and inbox, and the ledgers of the publishers that it consumes."""

    service: str
    pool: Pool
    clock: Clock
    consumes: Sequence[str]
    """Publishers whose events this service applies."""
    ledger_clients: Mapping[str, LedgerClient]
    """Those of them whose address is known."""

    @property
    def ledger_side(self) -> Side:
        """What this service published."""
        return ledger_side(self.pool, self.service)

    def inbox_side(self, publisher: str) -> Side:
        """Return what this service holds of a publisher."""
        return inbox_side(self.pool, publisher)


RECONCILIATION: Final = StateEntry[ReconciliationContext]("reconciliation")


@asynccontextmanager
async def open_reconciliation(
    service: str,
    pool: Pool,
    clock: Clock,
    *,
    consumes: Sequence[str] = (),
    publishers: str = "",
    key: str = "",
    ca_file: str = "",
) -> AsyncIterator[ReconciliationContext]:
    """Open the clients of the publishers' ledgers.

    `publishers` says where the ledgers are (`name=url,...`), and `key` opens them.
    """
    async with open_client(timeout_seconds=_PHASE_TIMEOUT_SECONDS, ca_file=ca_file) as client:
        addresses = named_addresses(publishers, variable="RELAIS_PUBLISHERS")
        yield ReconciliationContext(
            service=service,
            pool=pool,
            clock=clock,
            consumes=consumes,
            ledger_clients={
                publisher: LedgerClient(client, publisher=publisher, url=addresses[publisher], key=key)
                for publisher in consumes
                if publisher in addresses
            },
        )
