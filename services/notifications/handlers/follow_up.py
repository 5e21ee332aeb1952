"""What does news of an attempt mean for its obligation? Told, or the time of the next step."""

from datetime import datetime

from services.notifications.domain import steps
from services.notifications.domain.attempt import Attempt
from services.notifications.domain.catalogue import entry_of
from services.notifications.domain.obligation import TERMINAL
from services.notifications.domain.obligations import Obligation
from services.notifications.handlers import settle
from services.notifications.handlers.means import Means
from services.notifications.storage import sending
from services.notifications.storage.settling import Settlement
from shared.database.pool import Connection


async def follow_up(
    connection: Connection, means: Means, own: Obligation, attempt: Attempt, *, now: datetime
) -> None:
    """Apply an attempt's new state to the obligation, which is locked.

    Delivered is delivered, however late: it ends every pending step. Anything else of an earlier attempt
    changes nothing any more.
    """
    if own.status in TERMINAL:
        return
    weak = attempt.status == "accepted" and not means.channels[attempt.channel].gives_receipts
    if weak or attempt.status == "delivered":
        evidence = "weak" if weak else "receipt"
        told = Settlement(obligation=own, outcome="informed", channel=attempt.channel, evidence=evidence)
        await settle.settle(connection, [told], now=now)
    elif attempt.number == own.attempts[-1].number:
        patience = steps.Patience(waits=means.waits, urgency=entry_of(own.kind).urgency)
        following = steps.after([*own.attempts[:-1], attempt], patience, step_ends_at=None)
        await sending.look_again(connection, own.obligation_id, at=following.at if following else now)


def attempt_of(own: Obligation, attempt_id: object) -> Attempt | None:
    """The attempt of an obligation by its id."""
    return next((attempt for attempt in own.attempts if attempt.attempt_id == attempt_id), None)
