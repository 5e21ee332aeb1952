"""Accepts a movement: prepares its submission and waits for the group commit that stores it."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import partial
from time import monotonic
from uuid import UUID

from services.admission.domain.authorities import TEST
from services.admission.domain.checks import BILLING_NUMBER, DEFAULT_TOLERANCE, mark_movement, order_of
from services.admission.domain.directory.affiliation import Affiliation
from services.admission.domain.identifiers import (
    StatedNumber,
    former_number,
    identity_domain_of,
    is_ins,
    is_qualified_ins,
    normalised,
    normalised_authority,
)
from services.admission.domain.movement import Identifier, ParsedMovement, Person
from services.admission.domain.receipt import Outcome
from services.admission.domain.submission import Submission, content_sha256, event_payload, with_codes
from services.admission.domain.updates import names_of_update
from services.admission.handlers.dependencies import Dependencies
from services.admission.storage.directory.affiliations import affiliations_of, has_unscoped_numbers
from services.admission.storage.sources import tolerance_seconds_of
from shared.events.envelope import TraceContext
from shared.runtime.ids import new_id
from shared.security.principal import Principal
from shared.security.vault import Vault
from shared.telemetry import tracing

MAX_TOLERANCES = 10_000
MAX_ESTABLISHMENTS = 10_000
DIRECTORY_SECONDS = 60.0
"""A change of the directory counts in every process within this time."""


async def accept_movement(
    dependencies: Dependencies,
    parsed: ParsedMovement,
    *,
    source: Principal,
    content: bytes | None = None,
) -> Outcome:
    """The outcome, after the commit; raises `NotCommitted` when nobody can tell what became of it.

    `content` is the digest by which it is known again, where that is not the one of `body`. Raises what
    `content_sha256` raises when an unknown field of the body cannot be read.
    """
    tolerance = await tolerance_of(dependencies, source.source_id)
    await ask_for_affiliations(dependencies, [parsed.movement.establishment])
    with tracing.span("ledger commit") as span:
        submission = prepare_submission(
            dependencies,
            parsed,
            source_id=source.source_id,
            key_id=source.key_id,
            tolerance=tolerance,
            trace=tracing.current_trace(),
            content=content,
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


async def ask_for_affiliations(dependencies: Dependencies, establishments: Collection[str]) -> None:
    """See that what the directory says of these establishments is remembered, and not for too long."""
    if not _forgotten(dependencies, establishments):
        return
    async with dependencies.asks_directory:  # so that one request asks, and the others wait for its answer
        asked = _forgotten(dependencies, establishments)
        if not asked:
            return
        if len(dependencies.affiliations) >= MAX_ESTABLISHMENTS:
            dependencies.affiliations.clear()
            dependencies.affiliations_until.clear()
        until = monotonic() + DIRECTORY_SECONDS
        dependencies.owners.may_be_unscoped = await has_unscoped_numbers(dependencies.pool)
        for finess, known in (await affiliations_of(dependencies.pool, asked)).items():
            dependencies.affiliations[finess] = known
            dependencies.affiliations_until[finess] = until


def _forgotten(dependencies: Dependencies, establishments: Collection[str]) -> list[str]:
    now, until = monotonic(), dependencies.affiliations_until
    return [finess for finess in establishments if until.get(finess, 0.0) <= now]


def prepare_submission(
    dependencies: Dependencies,
    parsed: ParsedMovement,
    *,
    source_id: UUID,
    key_id: UUID | None = None,
    tolerance: timedelta,
    trace: TraceContext,
    content: bytes | None = None,
) -> Submission:
    """Do whatever can be done before the commit, outside of it; raises what `content_sha256` raises."""
    movement, body, ignored = parsed
    vault, establishment, person = dependencies.vault, movement.establishment, movement.person
    numbers = [one for one in person.identifiers if one.type != BILLING_NUMBER]
    affiliation = dependencies.affiliations.get(establishment) or Affiliation(establishment)
    coded, has_unknown_unit = with_codes(
        movement, affiliation.units, opaque_id=partial(vault.opaque_id, establishment, "unit")
    )
    now, is_trusted = dependencies.clock(), _status_is_read(ignored)
    marks = mark_movement(movement, now=now, tolerance=tolerance, ignored=ignored)
    return Submission(
        source_id=source_id,
        key_id=key_id,
        source_event_id=movement.source_event_id,
        content_sha256=content or content_sha256(body),
        body=body,
        numbers=tuple(
            stated_number(
                vault,
                one,
                person,
                affiliation,
                is_trusted=is_trusted,
                may_be_unscoped=dependencies.owners.may_be_unscoped,
            )
            for one in numbers
        ),
        traits=person.traits,
        is_test=any(normalised_authority(one.authority) in TEST for one in numbers),
        marks=(*marks, "unit_unknown") if has_unknown_unit else marks,
        ignored=ignored,
        receipt_id=new_id(),
        event_id=new_id(),
        data=event_payload(
            coded,
            movement_id=vault.opaque_id(establishment, "movement", movement.movement_id),
            stay_id=vault.opaque_id(establishment, "stay", movement.stay_id),
            source_id=source_id,
            legal_entity=affiliation.legal_entity,
            time_zone=affiliation.time_zone,
            ordered_at=order_of(movement.emitted_at, latest=now + tolerance),
            names=names_of_update(body, ignored) if movement.action == "update" else None,
        ),
        trace=trace,
    )


def _status_is_read(ignored: Sequence[str]) -> bool:
    """Whether nothing that the sender says of the identity's status was left out as unreadable."""
    return not any(pointer.startswith("/person/identity_") for pointer in ignored)


def stated_number(
    vault: Vault,
    identifier: Identifier,
    person: Person,
    affiliation: Affiliation,
    *,
    is_trusted: bool = True,
    may_be_unscoped: bool = True,
) -> StatedNumber:
    """The blind indexes of an identifier of this person; the identifier cannot be read from them.

    Where no number `may_be_unscoped`, those of versions before 0.2 are left out.
    """
    number, establishment = normalised(identifier.authority, identifier.value), affiliation.establishment
    scope = identity_domain_of(affiliation, number.authority)
    # Where versions before 0.2 kept it: in its one spelling (decision 0018), or as it was written.
    spellings = dict.fromkeys((number, (identifier.authority, identifier.value))) if may_be_unscoped else ()
    earlier = [vault.blind_index("identifier", *spelling) for spelling in spellings]
    if scope != establishment:
        earlier.append(vault.blind_index("local number", establishment, *number))
    former = former_number(identifier.authority, identifier.value)
    if former is not None:  # when fewer forms of its authority were known, it was a local number (0050)
        earlier.append(vault.blind_index("local number", scope, *former))
    is_national = is_ins(number) and "fictive" not in person.identity_attributes
    return StatedNumber(
        scope=scope,
        local=vault.blind_index("local number", scope, *number),
        national=vault.blind_index("national number", *number) if is_national else None,
        is_qualified=is_national and is_trusted and is_qualified_ins(number, person),
        earlier=tuple(earlier),
    )
