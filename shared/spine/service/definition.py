"""Defines a service as data: settings, dependencies, what it serves, consumes and publishes, and its duties.

A duty is background work of the worker. A periodic duty ends, and is called again after a pause; a continuous
duty runs until the worker stops and keeps its own time, such as a lane that waits for what is due. Services
keep the functions of both in their folder `periodic/`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_args

from fastapi import APIRouter
from sqlalchemy import MetaData

from shared.database.pool import Pool
from shared.runtime.clock import Clock
from shared.spine.audit.journal import Journal
from shared.spine.export.section import Export
from shared.spine.inbox.applier import Routes
from shared.spine.inbox.take_back import TakeBack
from shared.spine.pause.gate import Part
from shared.spine.rebuild.projection import CompareAlso, ProjectedTable
from shared.spine.reconciliation.context import ReconciliationContext
from shared.spine.retention.kind import OF_EVERY_CONSUMER, Kind
from shared.spine.service.settings import ServiceSettings
from shared.web.middleware.fast_path import FastRoutes

S = TypeVar("S", bound=ServiceSettings)
D = TypeVar("D")


@dataclass(frozen=True, kw_only=True)
class Spine:
    """What the spine has opened before a service opens its own dependencies."""

    pool: Pool
    clock: Clock
    journal: Journal
    """Records accesses to what is personal."""
    reconciliation: ReconciliationContext


OpenDependencies = Callable[[S, Spine], AbstractAsyncContextManager[D]]
"""Opens what the use cases of a service work with; it is closed before the spine is."""


@dataclass(frozen=True, kw_only=True)
class Consumption:
    """What a service consumes: whose events, and which use case takes each type."""

    publishers: Sequence[str]
    routes: Routes
    take_back: TakeBack
    """Undoes what events did that their publisher never recorded."""
    fetch_interval_seconds: float
    """The shortest time between two transactions of the consumer: longer means larger and fewer of them."""


@dataclass(frozen=True, kw_only=True)
class PeriodicDuty(Generic[D]):
    """A duty that ends: the worker calls `run`, and calls it again about `seconds` after it returned."""

    seconds: float
    run: Callable[[D], Awaitable[object]]

    @property
    def name(self) -> str:
        """The name of the duty in logs and metrics: the function's."""
        return str(getattr(self.run, "__name__", self.run))


ContinuousDuty = Callable[[D, asyncio.Event], Awaitable[None]]
"""A duty that keeps its own time: called once, it runs until the event is set."""


@dataclass(frozen=True, kw_only=True)
class RebuildPlan:
    """Which tables of a service follow from what it applied, and how a rebuild treats each."""

    metadata: MetaData
    swapped: Sequence[ProjectedTable]
    """Tables that are rebuilt and swapped."""
    compared: Sequence[ProjectedTable] = ()
    """Tables that are only compared, because they record what was told to others."""
    adopted: Sequence[str] = ()
    """Tables that are kept: rows whose key the live table lacks are added."""
    compare_also: CompareAlso | None = None
    """Compares what else follows from the tables."""


@dataclass(frozen=True, kw_only=True)
class Service(Generic[S, D]):
    """A service as data. Its API, its worker, its rebuild and its tests are made from this alone."""

    name: str
    settings: type[S]
    open_dependencies: OpenDependencies[S, D]
    serves: Sequence[APIRouter]
    description: str = ""
    """What it does for its callers, in a sentence or two; opens its OpenAPI document."""
    calls: Sequence[APIRouter] = ()
    """What it calls at endpoints of its callers, for its OpenAPI document."""
    fast_routes: FastRoutes = field(default_factory=dict)
    """Routes of `serves` that are answered before the framework's own routing."""
    body_limits_bytes: Mapping[str, int] = field(default_factory=dict)
    """Path -> the largest body that it takes, where that is not the usual limit."""
    while_serving: Callable[[D], AbstractAsyncContextManager[None]] | None = None
    """Entered by its API, and by every other process that takes what callers state."""
    consumes: Consumption | None = None
    publishes: bool = False
    """Whether it has a ledger of its own, relayed to the topic that bears its name."""
    periodic_duties: Sequence[PeriodicDuty[D]] = ()
    continuous_duties: Mapping[str, ContinuousDuty[D]] = field(default_factory=dict)
    pausable: Sequence[Part] = ()
    """Parts that can be paused, beside the consumer and the relay."""
    rebuild: RebuildPlan | None = None
    export: Export = field(default_factory=Export)
    """What it keeps of a person beside what the spine does, for the person who asks."""
    wrapped_keys: Mapping[str, str] = field(default_factory=dict)
    """Tables with a column `wrapped_key` -> the column of their ids."""
    retention: Sequence[Kind] = ()
    """For how long it keeps what is personal, beside what the spine does."""
    connections: int = 8
    """The most database connections of one process."""

    @property
    def group(self) -> str:
        """The consumer group."""
        return f"relais-{self.name}"

    @property
    def parts(self) -> Sequence[Part]:
        """All parts that can be paused, in the order in which an event passes them."""
        own = {"consumer": self.consumes is not None, "relay": self.publishes}
        return [part for part in get_args(Part) if own.get(part) or part in self.pausable]

    @property
    def publishers(self) -> Sequence[str]:
        """Whose events it consumes."""
        return self.consumes.publishers if self.consumes else ()

    @property
    def kinds(self) -> Sequence[Kind]:
        """Everything that it keeps for so many days."""
        return (*self.retention, *(OF_EVERY_CONSUMER if self.consumes else ()))


AnyService = Service[Any, Any]
