"""Accepts a movement: prepares its submission and waits for the group commit that stores it."""

from collections.abc import Collection
from datetime import timedelta
from time import monotonic
from uuid import UUID

from uuid_utils.compat import uuid7

from services.admission.domain.checks import BILLING_NUMBER, DEFAULT_TOLERANCE, mark_movement
from services.admission.domain.identifiers import Number, normalised
from services.admission.domain.movement import StatedMovement
from services.admission.domain.receipt import Outcome
from services.admission.domain.submission import Submission, content_sha256, event_payload
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.directory.affiliations import affiliations_of
from services.admission.storage.submissions import tolerance_seconds_of
from shared.events.envelope import TraceContext
from shared.security.principal import Principal
from shared.security.vault import Vault
from shared.telemetry import tracing

MAX_TOLERANCES = 10_000
MAX_ESTABLISHMENTS = 10_000
DIRECTORY_SECONDS = 60.0
"""A change of the directory counts in every process within this time."""


async def accept_movement(
    dependencies: Dependencies,
    movement: StatedMovement,
    *,
    body: bytes,
    source: Principal,
    ignored: tuple[str, ...] = (),
) -> Outcome:
    """The outcome, after the commit; raises `NotCommitted` when nobody can tell what became of it.

    Raises what `content_sha256` raises when an unknown field of the body cannot be read.
    """
    tolerance = await tolerance_of(dependencies, source.source_id)
    await ask_for_legal_entities(dependencies, [movement.establishment])
    with tracing.span("ledger commit") as span:
        submission = prepare_submission(
            dependencies,
            movement,
            body=body,
            ignored=ignored,
            source_id=source.source_id,
            tolerance=tolerance,
            trace=tracing.current_trace(),
        )
        flushed = await dependencies.request_commits.submit(submission)
        span.add_link(flushed.flush)
    return flushed.outcome


async def tolerance_of(dependencies: Dependencies, source_id: UUID) -> timedelta:
    """How far ahead the source's clock may run; the default for a key that came without a source."""
    known = dependencies.tolerances.get(source_id)
    if known is not None:
        return known
    seconds = await tolerance_seconds_of(dependencies.pool, source_id)
    if len(dependencies.tolerances) >= MAX_TOLERANCES:
        dependencies.tolerances.clear()
    tolerance = DEFAULT_TOLERANCE if seconds is None else timedelta(seconds=seconds)
    dependencies.tolerances[source_id] = tolerance
    return tolerance


async def ask_for_legal_entities(dependencies: Dependencies, establishments: Collection[str]) -> None:
    """See that what the directory says of these establishments is remembered, and not for too long."""
    if not _forgotten(dependencies, establishments):
        return
    async with dependencies.asks_directory:  # so that one request asks, and the others wait for its answer
        asked = _forgotten(dependencies, establishments)
        if not asked:
            return
        if len(dependencies.legal_entities) >= MAX_ESTABLISHMENTS:
            dependencies.legal_entities.clear()
            dependencies.legal_entities_until.clear()
        until = monotonic() + DIRECTORY_SECONDS
        for finess, known in (await affiliations_of(dependencies.pool, asked)).items():
            dependencies.legal_entities[finess] = known.legal_entity
            dependencies.legal_entities_until[finess] = until


def _forgotten(dependencies: Dependencies, establishments: Collection[str]) -> list[str]:
    now, until = monotonic(), dependencies.legal_entities_until
    return [finess for finess in establishments if until.get(finess, 0.0) <= now]


def prepare_submission(
    dependencies: Dependencies,
    movement: StatedMovement,
    *,
    body: bytes,
    source_id: UUID,
    tolerance: timedelta,
    trace: TraceContext,
    ignored: tuple[str, ...] = (),
) -> Submission:
    """Do whatever can be done before the commit, outside of it; raises what `content_sha256` raises."""
    vault, establishment = dependencies.vault, movement.establishment
    identifiers, as_written = _indexes(vault, movement)
    return Submission(
        source_id=source_id,
        source_event_id=movement.source_event_id,
        content_sha256=content_sha256(body),
        body=body,
        identifiers=identifiers,
        as_written=as_written,
        marks=mark_movement(movement, now=dependencies.clock(), tolerance=tolerance, ignored=ignored),
        ignored=ignored,
        receipt_id=uuid7(),
        event_id=uuid7(),
        data=event_payload(
            movement,
            movement_id=vault.opaque_id(establishment, "movement", movement.movement_id),
            stay_id=vault.opaque_id(establishment, "stay", movement.stay_id),
            source_id=source_id,
            legal_entity=dependencies.legal_entities.get(establishment),
        ),
        trace=trace,
    )


def _indexes(vault: Vault, movement: StatedMovement) -> tuple[tuple[bytes, ...], dict[bytes, bytes]]:
    """The blind indexes of the person's identifiers, and those of their spelling where it is another one."""
    indexes: list[bytes] = []
    as_written: dict[bytes, bytes] = {}
    for one in movement.person.identifiers:
        if one.type != BILLING_NUMBER:
            number, written = normalised(one.authority, one.value), (one.authority, one.value)
            indexes.append(identifier_index(vault, number))
            if number != written:
                as_written[indexes[-1]] = vault.blind_index("identifier", *written)
    return tuple(indexes), as_written


def identifier_index(vault: Vault, number: Number) -> bytes:
    """The index under which an identifier is found; the identifier cannot be read from it."""
    return vault.blind_index("identifier", *number)
