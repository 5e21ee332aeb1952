"""Runs a service's background work: the consumer, the relay, reconciliation and the service's own duties."""

from collections.abc import Mapping
from functools import partial

import uvloop

from shared.spine.audit.duties import SECONDS, audit_duty
from shared.spine.consumer.batch_consumer import BatchConsumer
from shared.spine.inbox.applier import Applier
from shared.spine.operations.measure import measure_operations
from shared.spine.outbox.relay import Relay
from shared.spine.reconciliation.duties import ConsumerReconciliation, publisher_duties
from shared.spine.retention.keeper import SECONDS as RETENTION_SECONDS
from shared.spine.retention.keeper import RetentionKeeper
from shared.spine.service.definition import AnyService, Consumption, D, S
from shared.spine.service.open_to_serve import open_to_serve
from shared.spine.service.opening import OpenService
from shared.spine.worker import Duty, periodic, run_worker


def run(service: AnyService) -> None:
    """Open the service from the environment and work until told to stop; SystemExit(1) when a duty failed."""
    uvloop.run(_run_until_stopped(service))


async def _run_until_stopped(service: AnyService) -> None:
    settings = service.settings.of()
    async with open_to_serve(service, settings) as opened:
        await run_worker(service.name, duties(opened), metrics_port=settings.metrics_port)


def duties(opened: OpenService[S, D]) -> Mapping[str, Duty]:
    """Everything that the worker does, by name."""
    service, spine = opened.definition, opened.spine
    dependencies = opened.dependencies
    own = {name: partial(duty, dependencies) for name, duty in service.continuous_duties.items()}
    repeated = {
        each.name: periodic(each.name, partial(each.run, dependencies), every_seconds=each.seconds)
        for each in service.periodic_duties
    }
    return {
        **(_consumer_duties(opened, service.consumes) if service.consumes else {}),
        **(_relay_duties(opened) if service.publishes else {}),
        "audit": periodic(
            "audit", audit_duty(spine.pool, spine.journal.chains.key, spine.clock), every_seconds=SECONDS
        ),
        "retention": periodic(
            "retention",
            RetentionKeeper(spine.pool, service.kinds, spine.clock).retain,
            every_seconds=RETENTION_SECONDS,
        ),
        "measure_operations": measure_operations(spine.pool, clock=spine.clock),
        **own,
        **repeated,
    }


def _consumer_duties(opened: OpenService[S, D], consumes: Consumption) -> Mapping[str, Duty]:
    spine = opened.spine
    reconciliation = ConsumerReconciliation(
        spine.reconciliation, consumes.routes, consumes.take_back, dependencies=opened.dependencies
    )
    consumer = BatchConsumer(
        spine.pool,
        Applier(spine.pool, routes=consumes.routes, dependencies=opened.dependencies, clock=spine.clock),
        bootstrap=opened.settings.broker,
        group=opened.definition.group,
        publishers=consumes.publishers,
        fetch_interval_seconds=consumes.fetch_interval_seconds,
        on_holes=reconciliation.on_holes,
        clock=spine.clock,
    )
    return {"consumer": consumer.run, **reconciliation.duties}


def _relay_duties(opened: OpenService[S, D]) -> Mapping[str, Duty]:
    spine, name = opened.spine, opened.definition.name
    relay = Relay(spine.pool, opened.settings.broker, name, clock=spine.clock)
    return {"relay": relay.run, **publisher_duties(spine.reconciliation)}
