"""Which events does indicators consume, and who takes them? The routing table."""

from functools import partial

from services.indicators.consumers.on_expectation import on_expectation
from services.indicators.consumers.on_movement import on_movement
from services.indicators.consumers.on_obligation_settled import on_obligation_settled
from services.indicators.handlers import Handlers
from shared.events import pathway
from shared.events.admission import MOVEMENT_EVENTS, AccessGranted, AccessRevoked
from shared.events.notifications import ObligationSettled
from shared.events.registry import ADMISSION, NOTIFICATIONS, PATHWAY
from shared.spine.access.api_keys import on_access_granted, on_access_revoked
from shared.spine.inbox.application import Routes

PUBLISHERS = (ADMISSION, PATHWAY, NOTIFICATIONS)


def routes(handlers: Handlers) -> Routes:
    """Event -> who takes it; every route gets all its events of a batch at once."""
    take_movement = partial(on_movement, handlers)
    take_expectation = partial(on_expectation, handlers)
    return {
        **dict.fromkeys(MOVEMENT_EVENTS, take_movement),
        pathway.ExpectationOpened: take_expectation,
        pathway.ExpectationMet: take_expectation,
        pathway.ExpectationWithdrawn: take_expectation,
        pathway.RuptureOpened: take_expectation,
        pathway.RuptureClosed: take_expectation,
        ObligationSettled: partial(on_obligation_settled, handlers),
        AccessGranted: on_access_granted,
        AccessRevoked: on_access_revoked,
    }
