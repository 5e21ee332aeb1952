"""How is an obligation shown to people? A status derived from its state and its attempts, never stored."""

from services.notifications.domain.obligation import TERMINAL
from services.notifications.domain.obligations import Obligation


def displayed_status(own: Obligation) -> str:
    """One word for the whole obligation, the latest news of it first."""
    match own.status:
        case "informed":
            return "delivered"
        case "acknowledged" | "handled_by_human":
            return "acknowledged"
        case "planned" | "suppressed" | "superseded" | "expired" as status:
            return status
        case _:
            return _of_open(own)


def counted_status(status: str) -> str:
    """The status as a receipt counts it: an outcome, or still pending."""
    return status if status in TERMINAL else "pending"


def _of_open(own: Obligation) -> str:
    if not own.attempts:
        return "scheduled"
    last = own.attempts[-1]
    match last.status:
        case "unknown":
            return "unknown"
        case "rejected_temporarily" | "rejected_permanently" | "undelivered" | "no_receipt":
            return "failed"
        case _:
            if last.step > 1:
                return "escalated"
            return "retried" if last.number > 1 else "sent"
