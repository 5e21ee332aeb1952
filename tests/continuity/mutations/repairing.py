"""Bugs of the reconciliation: missing events are found and not pulled."""

from typing import Any

from shared.spine.reconciliation.repair.puller import Puller
from tests.continuity.mutations.patching import replaced


def nothing_pulled() -> None:
    """Find every difference and pull nothing."""

    async def pull(*_: Any) -> int:
        return 0

    replaced(Puller, "pull", pull)
