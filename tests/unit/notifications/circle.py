"""Who is in the circles of unit tests?"""

from datetime import datetime, timedelta

from services.notifications.domain.audience import Recipient
from shared.testing.person_history import ESTABLISHMENTS, START, id_of

LONG_AGO = START - timedelta(days=30)


def carer(name: str = "Jeanne", *, joined_at: datetime = LONG_AGO, night: bool = True) -> Recipient:
    return Recipient(member_id=id_of("carer", name), role="carer", joined_at=joined_at, night=night)


def desk(establishment: str, *, joined_at: datetime = LONG_AGO) -> Recipient:
    return Recipient(
        member_id=id_of("desk", establishment),
        role="professional",
        establishment=establishment,
        joined_at=joined_at,
    )


EVERYBODY = [carer(), *(desk(establishment) for establishment in ESTABLISHMENTS)]
