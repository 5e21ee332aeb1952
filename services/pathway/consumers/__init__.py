"""Routes each consumed event to its use case."""

from typing import Final

from services.pathway.handlers.forget_persons import forget_persons
from services.pathway.handlers.record_movements import record_movements
from shared.events.admission import MOVEMENT_EVENTS, AccessGranted, AccessRevoked, MovementReassigned
from shared.events.erasure import PersonErased
from shared.events.relations import RELATION_EVENTS
from shared.spine.access.api_keys import on_access_granted, on_access_revoked
from shared.spine.access.relations import on_relations
from shared.spine.inbox.applier import Routes, UnlessErased

_record_movements: Final = UnlessErased(record_movements)

ROUTES: Final[Routes] = {
    # PatientAdmitted, PatientTransferred, PatientDischarged, MovementUpdated, MovementCancelled:
    # one route for all, so that those of a person stay in order.
    **dict.fromkeys(MOVEMENT_EVENTS, _record_movements),
    MovementReassigned: _record_movements,
    AccessGranted: on_access_granted,
    AccessRevoked: on_access_revoked,
    **dict.fromkeys(RELATION_EVENTS, UnlessErased(on_relations)),
    PersonErased: forget_persons,
    # PersonsMerged and PersonsUnmerged have no route: admission states again under who remains whatever is
    # theirs, and ends it under the other (decision 0021), so that the fold reads one person only.
}
