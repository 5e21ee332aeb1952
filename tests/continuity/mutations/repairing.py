"""Bugs of the reconciliation: what is missing is named, and stays missing."""

from typing import Any

from shared.spine.reconciliation.repair.puller import Puller
from tests.continuity.mutations.patching import replaced


def nothing_pulled() -> None:
    """Finds every difference and pulls none of it."""

    async def pull(*_: Any) -> int:
        return 0

    replaced(Puller, "pull", pull)
