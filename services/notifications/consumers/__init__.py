"""The routing table: which use case applies which event."""

from typing import Final

from services.notifications.handlers.circle.forget_persons import forget_persons
from services.notifications.handlers.obligations.plan import record_facts
from shared.events.admission import (
    MERGE_EVENTS,
    MOVEMENT_EVENTS,
    AccessGranted,
    AccessRevoked,
    MovementReassigned,
)
from shared.events.erasure import PersonErased
from shared.events.pathway import EXPECTATION_EVENTS, FurtherExpectationStated
from shared.events.relations import RELATION_EVENTS
from shared.spine.access.api_keys import on_access_granted, on_access_revoked
from shared.spine.access.relations import on_relations
from shared.spine.inbox.applier import Routes, UnlessErased

_record_facts: Final = UnlessErased(record_facts)

ROUTES: Final[Routes] = {
    # PatientAdmitted, PatientTransferred, PatientDischarged, MovementUpdated, MovementCancelled.
    **dict.fromkeys(MOVEMENT_EVENTS, _record_facts),
    MovementReassigned: _record_facts,
    **dict.fromkeys(MERGE_EVENTS, _record_facts),
    # ExpectationOpened, ExpectationMet, ExpectationWithdrawn, RuptureOpened, RuptureClosed.
    **dict.fromkeys(EXPECTATION_EVENTS, _record_facts),
    FurtherExpectationStated: _record_facts,
    AccessGranted: on_access_granted,
    AccessRevoked: on_access_revoked,
    **dict.fromkeys(RELATION_EVENTS, UnlessErased(on_relations)),
    PersonErased: forget_persons,
}
