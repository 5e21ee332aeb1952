"""What states can an obligation have? It ends in exactly one outcome, and never leaves it.

    planned -> suppressed* | scheduled -> due -> in_progress
            -> informed* | acknowledged* | handled_by_human* | superseded* | expired*      (* terminal)

Suppressed, superseded and expired are reached from every state before them, and so are acknowledged and
handled_by_human from those after planned: a person may be faster than we are; in_progress with the first
attempt. `planned` lasts within one transaction, and so does `due`, unless it must wait for its turn.
`expired` opens a task for a person: it is a visible outcome, not a loss.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from shared.events.notifications import Outcome

OpenStatus = Literal["planned", "scheduled", "due", "in_progress"]
Status = OpenStatus | Outcome

TERMINAL: Final[tuple[Outcome, ...]] = get_args(Outcome)

_UNTOLD: Final[tuple[Status, ...]] = ("suppressed", "superseded", "expired")
_BY_PERSON: Final[tuple[Status, ...]] = ("acknowledged", "handled_by_human")
_TOLD: Final[tuple[Status, ...]] = ("informed", *_BY_PERSON)

TRANSITIONS: Final[Mapping[Status, tuple[Status, ...]]] = {
    "planned": ("scheduled", *_UNTOLD),
    "scheduled": ("due", "in_progress", *_BY_PERSON, *_UNTOLD),
    "due": ("scheduled", "in_progress", *_BY_PERSON, *_UNTOLD),
    "in_progress": (*_TOLD, *_UNTOLD),
    "informed": (),
    "acknowledged": (),
    "handled_by_human": (),
    "superseded": (),
    "suppressed": (),
    "expired": (),
}


def may_become(status: Status, wanted: Status) -> bool:
    """Terminal states absorb."""
    return wanted in TRANSITIONS[status]
