"""The routing table: which use case applies which event."""

from typing import Final, get_args

from services.notifications.domain.obligations.statements import WatchedArrival
from services.notifications.handlers.obligations.plan import record_facts
from shared.events.admission import MOVEMENT_EVENTS, AccessGranted, AccessRevoked
from shared.spine.access.api_keys import on_access_granted, on_access_revoked
from shared.spine.inbox.applier import Routes

ROUTES: Final[Routes] = {
    **dict.fromkeys(MOVEMENT_EVENTS, record_facts),
    **dict.fromkeys(get_args(WatchedArrival), record_facts),
    AccessGranted: on_access_granted,
    AccessRevoked: on_access_revoked,
}
