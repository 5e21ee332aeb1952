"""Maps every published event type to its payload, and every publisher to its topic.

A type is `relais.<publisher>.<event>.v<n>`. A consumer skips types it does not know (they are newer
than it is); a payload that does not fit its type is an event that is wrong.
"""

import re
from collections.abc import Mapping
from typing import Final

from shared.events import admission, notifications, pathway, relations
from shared.events.envelope import Payload
from shared.events.erasure import PersonErased

ADMISSION: Final = "admission"
PATHWAY: Final = "pathway"
NOTIFICATIONS: Final = "notifications"

PUBLISHED: Final[Mapping[str, tuple[type[Payload], ...]]] = {
    ADMISSION: (
        *admission.MOVEMENT_EVENTS,
        admission.MovementReassigned,
        *admission.MERGE_EVENTS,
        admission.AccessGranted,
        admission.AccessRevoked,
        *relations.RELATION_EVENTS,
        PersonErased,
    ),
    PATHWAY: (
        pathway.ExpectationOpened,
        pathway.ExpectationMet,
        pathway.ExpectationWithdrawn,
        pathway.RuptureOpened,
        pathway.RuptureClosed,
        pathway.FurtherExpectationStated,
    ),
    NOTIFICATIONS: (notifications.ObligationSettled,),
}


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


PAYLOADS: Final[Mapping[str, type[Payload]]] = {
    f"relais.{publisher}.{_kebab(payload.__name__)}.v1": payload
    for publisher, payloads in PUBLISHED.items()
    for payload in payloads
}
"""Event type -> payload."""

TYPES: Final[Mapping[type[Payload], str]] = {payload: type_ for type_, payload in PAYLOADS.items()}
"""Payload -> event type."""

TOPICS: Final[Mapping[str, str]] = {publisher: f"relais.{publisher}" for publisher in PUBLISHED}
"""Publisher -> topic; one topic each, keyed by subject."""
