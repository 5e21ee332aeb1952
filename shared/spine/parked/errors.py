"""Why can a parked event not be settled now? Each is for the person who asked."""

from shared.web.problems import Problem


def unknown() -> Problem:
    """There is no such row."""
    return Problem(404, detail="no event is parked here under this number")


def settled(state: str) -> Problem:
    """Somebody decided before."""
    return Problem(409, f"The event is {state} already")


def waits_for(parked_id: int) -> Problem:
    """It is not its turn."""
    return Problem(
        409,
        "The event waits for an earlier one of its subject",
        detail=f"retry or dismiss {parked_id} first",
        extensions={"waits_for": parked_id},
    )
