"""Which bugs can be put in, to see whether the checker finds them? Each is one function that patches.

They are bugs that were made elsewhere, or that design.md forbids by name. Some pause where the bug is, so
that a fault need not be lucky to hit it; a correct service would be as correct with the same pause.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

MUTATIONS: Final[Mapping[str, str]] = {
    "acknowledged_before_commit": "intake",
    "answers_swapped": "intake",
    "persons_merged": "intake",
    "numbers_drawn_outside": "intake",
    "id_cursor": "relaying",
    "several_relays": "relaying",
    "deleted_before_acknowledged": "relaying",
    "position_before_effects": "consuming",
    "no_fence": "consuming",
    "inbox_swallows": "consuming",
    "poison_skipped": "consuming",
    "correction_dropped": "folding",
    "sent_before_row": "telling",
    "unknown_not_resent": "telling",
    "answered_and_sent_again": "telling",
    "rights_checked_once": "telling",
    "revocation_forgotten": "telling",
    "nothing_leaves": "telling",
    "phone_in_log": "telling",
    "nothing_pulled": "repairing",
}
"""Name of a bug -> the module that has it as a function."""


def apply(name: str) -> None:
    """Put the bug into this process, before its entry point runs."""
    module = import_module(f"{__name__}.{MUTATIONS[name]}")
    put_in: Callable[[], None] = getattr(module, name)
    put_in()
