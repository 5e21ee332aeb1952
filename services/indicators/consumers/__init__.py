"""Routes each consumed event to its use case."""

from typing import Final

from services.indicators.handlers.record_facts import (
    record_expectations,
    record_movements,
    record_settled_obligations,
)
from shared.events.admission import MOVEMENT_EVENTS, AccessGranted, AccessRevoked, MovementReassigned
from shared.events.erasure import PersonErased
from shared.events.notifications import ObligationSettled
from shared.events.pathway import EXPECTATION_EVENTS
from shared.spine.access.api_keys import on_access_granted, on_access_revoked
from shared.spine.erasure.erased import on_person_erased
from shared.spine.inbox.applier import Routes

ROUTES: Final[Routes] = {
    # PatientAdmitted, PatientTransferred, PatientDischarged, MovementUpdated, MovementCancelled.
    **dict.fromkeys(MOVEMENT_EVENTS, record_movements),
    MovementReassigned: record_movements,
    # ExpectationOpened, ExpectationMet, ExpectationWithdrawn, RuptureOpened, RuptureClosed.
    **dict.fromkeys(EXPECTATION_EVENTS, record_expectations),
    ObligationSettled: record_settled_obligations,
    AccessGranted: on_access_granted,
    AccessRevoked: on_access_revoked,
    # The numbers that led to the `person_id` of a fact are gone: it tells of nobody, and counts on.
    PersonErased: on_person_erased,
}
