"""What the use cases work with, built once by the wiring."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, get_args
from zoneinfo import ZoneInfo

from services.notifications.channels.channel import Channel
from services.notifications.domain.circle.addresses import SMS_COUNTRIES
from services.notifications.domain.circle.members import ChannelName
from services.notifications.domain.obligations.timing import Circumstances, Waits
from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.security.signatures import Verifier
from shared.security.vault import Vault
from shared.spine.reconciliation.ledger.pages import Span
from shared.spine.records.pulled import LedgerEvent


class Ledger(Protocol):
    """The ledger of one publisher, as its API gives it."""

    def events_of_persons(self, spans: Sequence[Span]) -> AsyncIterator[Sequence[LedgerEvent]]: ...


class WakeSignals:
    """Signals for the sending lanes of this process, one per medium.

    A lane looks for due obligations when its signal is set, or after an idle time.
    """

    def __init__(self) -> None:
        self._signals: dict[ChannelName, asyncio.Event] = {
            channel_name: asyncio.Event() for channel_name in get_args(ChannelName)
        }

    def signal(self, channel_name: ChannelName) -> asyncio.Event:
        """The signal of one lane."""
        return self._signals[channel_name]

    def wake(self, _pool: object = None) -> None:
        """Set all signals; handed to `after_commit` by the use cases that plan obligations."""
        for signal in self._signals.values():
            signal.set()


@dataclass(frozen=True, kw_only=True)
class Dependencies:
    """First argument of every use case of notifications."""

    pool: Pool
    vault: Vault = field(repr=False)
    clock: Clock
    channels: Mapping[ChannelName, Channel]
    waits: Waits
    zone: ZoneInfo
    """Where the recipients live: what time it is for them, and when they sleep."""
    public_url: str
    """Where recipients reach this service: `<public_url>/s/<token>`."""
    contact_phone: str
    """Whom recipients may call."""
    sms_countries: frozenset[str] = SMS_COUNTRIES
    """Whose mobile numbers are taken."""
    invites: bool = False
    """Whether the owner of a carer's address is asked before anything is told there."""
    grants: Verifier = field(default_factory=lambda: Verifier({}))
    """Knows who may sign the relations that are granted."""
    wake_signals: WakeSignals = field(default_factory=WakeSignals)
    ledgers: Mapping[str, Ledger] = field(default_factory=dict)
    """Of all publishers of facts, for the audit; empty where the address of one is unknown."""

    def circumstances(self) -> Circumstances:
        """The time, the waits and the time zone for everything that is decided in one transaction."""
        return Circumstances(now=self.clock(), waits=self.waits, zone=self.zone)
