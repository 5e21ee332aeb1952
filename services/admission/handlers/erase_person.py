"""Erases a person: nothing of what is kept can be read or found any more, here and in every service.

What was published stays, with its sequence numbers and without free text, so that figures stay as they are;
its ids lead to nobody. Whoever states something under the same numbers later states it of a new person.
"""

from uuid import UUID, uuid4

from services.admission.domain.erasure import Erasure, ErasureBasis
from services.admission.handlers.dependencies import Dependencies
from services.admission.handlers.export_person import numbers_in
from services.admission.handlers.grants.publish import signer_of
from services.admission.handlers.hl7v2.quarantine import forget_mentioning
from services.admission.storage import erasures
from services.admission.storage.identities.movements import lock_identities
from shared.database.transaction import transaction
from shared.events.envelope import NewEvent
from shared.events.registry import ADMISSION
from shared.security.audit.access import note
from shared.security.principal import Principal
from shared.spine.erasure.erased import remember
from shared.spine.outbox.append import append
from shared.telemetry import tracing


async def erase_person(
    dependencies: Dependencies, person_id: UUID, *, basis: ErasureBasis, author: str, by: Principal
) -> tuple[Erasure, bool] | None:
    """The erasure, and whether it is new: who was erased before, is; `None` for somebody unknown.

    All ids under which the person is known go in one transaction. It excludes every submission meanwhile, and
    makes all processes read again whose numbers are whose: none seals anything with a key that is gone.

    Raises NobodySigns, where nobody would believe it.
    """
    signer, now = signer_of(dependencies), dependencies.clock()
    async with transaction(dependencies.pool) as connection:
        await lock_identities(connection)
        before = await erasures.of_person(connection, person_id)
        if before is not None:
            note(*before.person_ids, object_id=before.erasure_id)
            return before, False
        person_ids = await erasures.one_with(connection, person_id)
        if not person_ids:
            return None
        erasure = Erasure(
            erasure_id=uuid4(),
            person_ids=tuple(person_ids),
            basis=basis,
            by=by.signature(author),
            erased_at=now,
        )
        note(*person_ids, object_id=erasure.erasure_id)
        stated = await erasures.records_of(connection, person_ids)
        await forget_mentioning(
            dependencies,
            connection,
            numbers_in(dependencies, stated),
            establishments={record.establishment for record in stated},
        )
        await erasures.erase(connection, person_ids)
        await erasures.keep(connection, erasure, key_id=by.key_id)
        await remember(connection, dict.fromkeys(person_ids, erasure.erasure_id), at=now)
        events = [
            NewEvent(
                event_id=uuid4(),
                subject=each,
                occurred_at=now,
                data=signer.erased(each, erasure.erasure_id),
                trace=tracing.current_trace(),
            )
            for each in person_ids
        ]
        await append(connection, publisher=ADMISSION, events=events, recorded_at=now)
    dependencies.owners.numbers.clear()
    return erasure, True
