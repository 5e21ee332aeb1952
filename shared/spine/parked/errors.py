"""Defines the answers to requests that cannot be fulfilled.

ParkedProblem
 + NothingParked    404
 + AlreadyResolved   409
 + WaitsForEarlier  409
"""

from shared.web.problems import Problem


class ParkedProblem(Problem):
    """A parked event cannot be shown or resolved."""


class NothingParked(ParkedProblem):
    """No event is parked here under this number."""

    def __init__(self) -> None:
        super().__init__(404, detail="no event is parked here under this number")


class AlreadyResolved(ParkedProblem):
    """The event is applied or dismissed already."""

    def __init__(self, state: str) -> None:
        super().__init__(409, f"The event is {state} already")


class WaitsForEarlier(ParkedProblem):
    """The event waits for an earlier one of its subject."""

    def __init__(self, parked_id: int) -> None:
        super().__init__(
            409,
            "The event waits for an earlier one of its subject",
            detail=f"retry or dismiss {parked_id} first",
            extensions={"waits_for": parked_id},
        )
