"""Every ten seconds: do the obligations agree with the publishers' ledgers? A bounded part at a time."""

from typing import Final

from services.notifications.handlers.audit_turns import Auditor
from services.notifications.handlers.ledgers import Ledgers
from services.notifications.handlers.means import Means
from shared.worker import Duty, periodic

EVERY_SECONDS: Final = 10.0


def audit_obligations(means: Means, ledgers: Ledgers) -> Duty:
    """At most twenty changed persons a second, so that it never competes with the work itself."""
    return periodic("audit_obligations", Auditor(means, ledgers).turn, every_seconds=EVERY_SECONDS)
