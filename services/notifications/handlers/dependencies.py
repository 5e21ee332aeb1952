"""What the use cases work with, built once by the wiring."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from services.notifications.channels.channel import Channel
from services.notifications.domain.circle.members import Medium
from services.notifications.domain.obligations.timing import Circumstances, Waits
from services.notifications.handlers.delivery.lanes import Lanes
from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.security.vault import Vault
from shared.spine.reconciliation.ledger.client import LedgerClient


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """First argument of every use case of notifications."""

    pool: Pool
    vault: Vault = field(repr=False)
    clock: Clock
    channels: Mapping[Medium, Channel]
    waits: Waits
    zone: ZoneInfo
    """Where the readers live: what time it is for them, and when they sleep."""
    public_url: str
    """Where readers reach this service: `<public_url>/s/<token>`."""
    contact_phone: str
    """Whom readers may call."""
    lanes: Lanes = field(default_factory=Lanes)
    ledgers: Mapping[str, LedgerClient] = field(default_factory=dict)
    """Of all publishers of facts, for the audit; empty where the address of one is unknown."""

    def circumstances(self) -> Circumstances:
        """The same for everything that is decided in one transaction."""
        return Circumstances(now=self.clock(), waits=self.waits, zone=self.zone)
