"""Holds what the use cases of admission work with."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import httpx

from services.admission.domain.adt.dialect import Dialect
from services.admission.domain.conformance import Tally
from services.admission.domain.directory.affiliation import Affiliation
from services.admission.domain.hl7v2.callers import Binding
from services.admission.domain.identifiers import Owner
from services.admission.domain.rhythm.learn import Rhythm
from services.admission.domain.submission import Submission
from services.admission.handlers.group_commit import Flushed, GroupCommit
from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.security.principal import Principal
from shared.security.signatures import Signer
from shared.security.vault import Vault
from shared.spine.audit.chains import Chains
from shared.spine.pause.gate import Gate
from shared.web.fairness.shared_places import SharedPlaces
from shared.web.outbound.calls import Outbound

CONCURRENT_BATCHES = 24
"""How many batches may be held concurrently, because their bodies are in memory; others are answered 503. One
source may hold as many as are free, so half of them at most: a slow one leaves places to the others."""
CONCURRENT_COMMITS = 4
"""How many batches have a group of their lines in the queue; they take turns, group by group."""


@dataclass(slots=True)
class KnownOwners:
    """Owners of identifiers as committed; all of them are forgotten when persons were merged or separated."""

    numbers: OrderedDict[bytes, Owner] = field(default_factory=OrderedDict)
    """Blind index of an identifier -> its owner."""
    revision: int = 0
    """Of the identities, under which they were read."""
    may_be_unscoped: bool = True
    """Whether numbers from before they had a scope may be stored: asked for with the directory."""


@dataclass(slots=True)
class KnownCallers:
    """Who may call over MLLP, as it was read, and until when that counts: it may change."""

    bindings: tuple[Binding, ...] = ()
    until: float = 0.0
    asks: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the message that asks for them."""


@dataclass(frozen=True, slots=True)
class KnownRhythms:
    """When a source usually speaks, as it was learnt; each is `None` while too little is known."""

    messages: Rhythm | None
    heartbeats: Rhythm | None
    until: datetime
    """When they are learnt anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dependencies:
    """First argument of every use case of admission."""

    pool: Pool
    vault: Vault
    clock: Clock
    http: httpx.AsyncClient
    peers: Mapping[str, str]
    """Name of each service that receipts ask -> where its API is."""
    peer_key: str = ""
    """The key with which they are asked for many outcomes at once; without, sources are told of none."""
    outbound: Outbound = field(default_factory=Outbound)
    """Calls the endpoints of sources."""
    intake: Gate
    """Closed while an operator pauses the intake."""
    request_commits: "GroupCommit[Dependencies, Submission, Flushed]"
    """The queue of movements that come one per request."""
    ndjson_commits: "GroupCommit[Dependencies, Submission, Flushed]"
    """The queue of movements that come in batches: one that comes alone does not wait behind ten thousand."""
    chains: Chains = field(default_factory=Chains)
    """Of the audit: the intake writes in its own commits who stated something, and of whom."""
    signer: Signer | None = None
    """Signs what is granted; without one nothing can be."""
    bootstrap_key_sha256: str = ""
    """Digest of the operator's key that exists from the start; empty without such a key."""
    batch_places: SharedPlaces = field(default_factory=lambda: SharedPlaces(CONCURRENT_BATCHES, multiple=1))
    batch_turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONCURRENT_COMMITS))
    accepts_test_numbers: bool = False
    """Whether numbers of tests and demonstrations mean anybody; never in production."""
    owners: KnownOwners = field(default_factory=KnownOwners)
    tolerances: dict[UUID, timedelta] = field(default_factory=dict)
    """Source -> how far ahead its clock may run; nothing changes it."""

    affiliations: dict[str, Affiliation] = field(default_factory=dict)
    """Establishment -> what it belongs to, as the directory had it when it was asked."""
    affiliations_until: dict[str, float] = field(default_factory=dict)
    """Establishment -> until when that counts: the directory may change."""

    dialects: dict[UUID, tuple[float, Dialect]] = field(default_factory=dict)
    """Source -> until when its dialect counts as it was read: it may change."""

    senders: dict[UUID, tuple[float, Principal | None]] = field(default_factory=dict)
    """Source that shows no key (MLLP) -> until when what its keys allow counts as it was read."""

    callers: KnownCallers = field(default_factory=KnownCallers)
    preset_callers: Sequence[Binding] = ()
    """Who calls over MLLP by the settings, which nothing overrules."""

    tally: Tally = field(default_factory=Tally)
    """What was wrong with what came, counted until it is stored."""

    rhythms: dict[UUID, KnownRhythms] = field(default_factory=dict)
    """Source -> its rhythms."""

    asks_directory: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the request that asks the directory."""

    def queue_depth(self) -> int:
        """How many movements wait to be committed."""
        return self.request_commits.depth + self.ndjson_commits.depth


Commit = Callable[[Dependencies, Sequence[Submission]], Awaitable[Sequence[Flushed]]]
"""Commits a group of submissions and answers each, in their order."""
