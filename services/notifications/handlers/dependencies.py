"""With what do the use cases work? What the wiring built, in one frozen object."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from services.notifications.channels.channel import Channel
from services.notifications.domain.circle.members import Medium
from services.notifications.domain.obligations.timing import Circumstances, Waits
from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.security.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """Stands in `app.state.means` for the API."""

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

    def circumstances(self) -> Circumstances:
        """The same for everything that is decided in one transaction."""
        return Circumstances(now=self.clock(), waits=self.waits, zone=self.zone)
