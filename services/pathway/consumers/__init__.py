"""Which event leads to which use case? The routing table."""

from collections.abc import Mapping

from services.pathway.consumers.on_movement import on_movement
from services.pathway.domain.rules import Rules
from shared.events.admission import MOVEMENT_EVENTS, AccessGranted, AccessRevoked
from shared.events.envelope import Payload
from shared.runtime.clock import Clock
from shared.spine.access.api_keys import on_access_granted, on_access_revoked
from shared.spine.inbox.application import Route


def routes(*, clock: Clock, rules: Rules) -> Mapping[type[Payload], Route]:
    """What pathway listens to; all movements share one route, so that a person's stay in order."""
    movement = on_movement(clock=clock, rules=rules)
    return {
        **dict.fromkeys(MOVEMENT_EVENTS, movement),
        AccessGranted: on_access_granted,
        AccessRevoked: on_access_revoked,
    }
