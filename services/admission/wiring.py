"""Composes admission: what it serves, publishes and does in the background. It consumes nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.admission.api import (
    access,
    batches,
    callbacks,
    conformance,
    directory,
    erasures,
    grants,
    heartbeats,
    key_certificates,
    keys,
    movements,
    persons,
    receipts,
    silences,
    sources,
)
from services.admission.api.directory import extracts
from services.admission.api.hl7v2 import callers, dialects, quarantine
from services.admission.api.hl7v2 import messages as hl7v2
from services.admission.api.identities import statements, work_items
from services.admission.api.sandbox import page as sandbox_page
from services.admission.api.sandbox import route as sandbox
from services.admission.handlers.commit_submissions import commit_submissions
from services.admission.handlers.dependencies import Commit, Dependencies
from services.admission.handlers.export_person import SECTIONS, persons_who_are_one
from services.admission.handlers.group_commit import GroupCommit
from services.admission.handlers.show_receipt import PEER_TIMEOUT_SECONDS
from services.admission.handlers.tally import storing_tally
from services.admission.periodic.compare_joined import compare_all_joined
from services.admission.periodic.deliver_callbacks import deliver_callbacks
from services.admission.periodic.follow_movements import follow_movements
from services.admission.periodic.forget_conformance import forget_conformance
from services.admission.periodic.forget_refused_messages import forget_refused_messages
from services.admission.periodic.forget_silences import forget_silences
from services.admission.periodic.join_persons import join_agreeing
from services.admission.periodic.judge_sources import judge_sources
from services.admission.periodic.measure_callbacks import measure_callbacks
from services.admission.periodic.measure_keys import measure_keys
from services.admission.periodic.register_first_operator import register_first_operator
from services.admission.settings import Settings
from services.admission.storage.retention import RETENTION
from shared.events.registry import ADMISSION
from shared.security.vault import Vault
from shared.spine.export.section import Export
from shared.spine.pause.gate import Gate
from shared.spine.service.definition import PeriodicDuty, Service, Spine
from shared.telemetry import metrics
from shared.web.client import open_client
from shared.web.outbound.calls import Outbound


@asynccontextmanager
async def open_dependencies(
    settings: Settings, spine: Spine, *, commit: Commit = commit_submissions
) -> AsyncIterator[Dependencies]:
    """Open what the use cases work with; what is queued at the end is committed before it ends."""
    async with open_client(timeout_seconds=PEER_TIMEOUT_SECONDS, ca_file=settings.ca_file) as client:
        dependencies = Dependencies(
            pool=spine.pool,
            vault=Vault(settings.master_keys),
            clock=spine.clock,
            http=client,
            peers=settings.peer_urls,
            peer_key=settings.peer_key,
            outbound=Outbound(allowed=settings.networks_of_callbacks, ca_file=settings.callback_ca_file),
            intake=Gate(spine.pool, "intake"),
            request_commits=GroupCommit(commit),
            ndjson_commits=GroupCommit(commit, batch_limit=batches.LINES_PER_COMMIT),
            accepts_test_numbers=settings.test_numbers == "accepted",
            bootstrap_key_sha256=settings.bootstrap_key_sha256,
            signer=settings.signer,
            chains=spine.journal.chains,
            preset_callers=settings.mllp_bindings,
        )
        metrics.intake_queue_depth.set_function(dependencies.queue_depth)
        async with (
            dependencies.request_commits.running(dependencies),
            dependencies.ndjson_commits.running(dependencies),
        ):
            yield dependencies


SERVICE = Service(
    name=ADMISSION,
    description=(
        "Takes admissions, transfers and discharges, and gives a receipt for each once it is stored. "
        "Operators say here who may call."
    ),
    settings=Settings,
    open_dependencies=open_dependencies,
    serves=[
        movements.router,
        batches.router,
        receipts.router,
        persons.router,
        sources.router,
        keys.router,
        key_certificates.router,
        access.router,
        erasures.router,
        work_items.router,
        statements.router,
        hl7v2.router,
        conformance.router,
        silences.router,
        heartbeats.router,
        *callbacks.ROUTERS,
        sandbox.router,
        sandbox_page.router,
        dialects.router,
        callers.router,
        quarantine.router,
        *directory.ROUTERS,
        *grants.ROUTERS,
    ],
    calls=callbacks.CALLS,
    fast_routes=movements.FAST_ROUTES,
    body_limits_bytes={
        batches.PATH: batches.LIMIT_BYTES,
        extracts.PATH: extracts.LIMIT_BYTES,
        hl7v2.PATH: hl7v2.LIMIT_BYTES,
        sandbox.PATH: sandbox.LIMIT_BYTES,
    },
    while_serving=storing_tally,
    publishes=True,
    periodic_duties=[
        PeriodicDuty(seconds=1.0, run=join_agreeing),
        PeriodicDuty(seconds=10.0, run=compare_all_joined),
        PeriodicDuty(seconds=1.0, run=follow_movements),
        PeriodicDuty(seconds=60.0, run=measure_callbacks),
        PeriodicDuty(seconds=60.0, run=measure_keys),
        PeriodicDuty(seconds=60.0, run=judge_sources),
        PeriodicDuty(seconds=3600.0, run=forget_refused_messages),
        PeriodicDuty(seconds=3600.0, run=forget_conformance),
        PeriodicDuty(seconds=3600.0, run=forget_silences),
    ],
    continuous_duties={
        "register_operator": register_first_operator,
        "deliver_callbacks": deliver_callbacks,
    },
    pausable=["intake"],
    wrapped_keys={"persons": "person_id", "hl7v2_quarantine": "quarantine_id", "callbacks": "source_id"},
    retention=RETENTION,
    export=Export(sections=SECTIONS, persons=persons_who_are_one),
)
