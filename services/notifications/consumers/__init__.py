"""Which event leads to which use case? The routing table."""

from collections.abc import Mapping
from typing import get_args

from services.notifications.consumers.on_stated_fact import on_stated_fact
from services.notifications.domain.obligations.statements import WatchedArrival
from services.notifications.handlers.dependencies import Dependencies
from shared.events.admission import MOVEMENT_EVENTS, AccessGranted, AccessRevoked
from shared.events.envelope import Payload
from shared.spine.access.api_keys import on_access_granted, on_access_revoked
from shared.spine.inbox.application import Route


def routes(dependencies: Dependencies) -> Mapping[type[Payload], Route]:
    """What notifications listens to: movements, watched arrivals, and who may call."""
    fact = on_stated_fact(dependencies)
    return {
        **dict.fromkeys(MOVEMENT_EVENTS, fact),
        **dict.fromkeys(get_args(WatchedArrival), fact),
        AccessGranted: on_access_granted,
        AccessRevoked: on_access_revoked,
    }
