"""Circles for unit tests, and what each member is to be told."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import strategies as st

from services.notifications.domain.circle.members import Discretion
from services.notifications.domain.obligations.catalogue import Recipient
from services.notifications.domain.obligations.derivation import derive_obligations
from shared.events.envelope import RecordedEvent
from shared.testing.choices import CHOICES, Choices
from shared.testing.person_history import ESTABLISHMENTS, START, id_of, minutes

LONG_AGO = START - timedelta(days=30)


def carer(
    name: str = "Jeanne",
    *,
    joined_at: datetime = LONG_AGO,
    revoked_at: datetime | None = None,
    night: bool = True,
    discretion: Discretion = 2,
) -> Recipient:
    return Recipient(
        member_id=id_of("carer", name),
        role="carer",
        joined_at=joined_at,
        revoked_at=revoked_at,
        night=night,
        discretion=discretion,
    )


def professional(establishment: str, *, joined_at: datetime = LONG_AGO) -> Recipient:
    return Recipient(
        member_id=id_of("desk", establishment),
        role="professional",
        establishment=establishment,
        joined_at=joined_at,
    )


EVERYBODY = [carer(), *(professional(establishment) for establishment in ESTABLISHMENTS)]


def verdicts(
    events: Sequence[RecordedEvent], circle: Sequence[Recipient] = EVERYBODY
) -> dict[tuple[str, str], list[str]]:
    """(`carer` or an establishment, kind) -> `send` or why not, in the order of the events."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in sorted(derive_obligations(events, circle), key=lambda each: each.event.sequence):
        key = (each.recipient.establishment or "carer", each.kind)
        found.setdefault(key, []).append(getattr(each.verdict, "reason", "send"))
    return found


def sent(events: Sequence[RecordedEvent], circle: Sequence[Recipient] = EVERYBODY) -> set[tuple[str, str]]:
    """Who is to be told what; what is suppressed or superseded is left out."""
    return {key for key, reasons in verdicts(events, circle).items() if "send" in reasons}


_DISCRETIONS: Sequence[Discretion] = (0, 1, 2, 2)


@st.composite
def circles(draw: st.DrawFn) -> list[Recipient]:
    """Two carers and the professionals of the establishments, who joined and left whenever."""
    choose = draw(CHOICES)
    carers = [
        carer(
            name,
            joined_at=_some_moment(choose) or LONG_AGO,
            revoked_at=_some_moment(choose),
            discretion=choose.of(_DISCRETIONS),
            night=choose.below(2) == 1,
        )
        for name in ("Jeanne", "Paul")
    ]
    return [
        *carers,
        *(professional(each, joined_at=_some_moment(choose) or LONG_AGO) for each in ESTABLISHMENTS),
    ]


def _some_moment(choose: Choices) -> datetime | None:
    return minutes(choose.between(-2000, 4000)) if choose.below(2) else None
