"""Lists the bugs that can be injected to test the checker; each is one function that patches the platform.

They are bugs found in other systems, or that the design forbids. Some add a pause at the bug, so that a fault
hits it reliably; a correct service would stay correct with the same pause.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final

MUTATIONS: Final[Mapping[str, str]] = {
    "acknowledged_before_commit": "intake",
    "answers_swapped": "intake",
    "messages_acknowledged_first": "intake",
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
    "cancelled_for_ever": "folding",
    "update_erases": "folding",
    "plans_are_facts": "folding",
    "moved_and_kept": "belonging",
    "numbers_unscoped": "belonging",
    "owner_remembered": "belonging",
    "separation_forgets": "belonging",
    "reassigned_shown": "belonging",
    "moves_outdated": "deciding",
    "stays_moved_by_half": "deciding",
    "links_are_merges": "deciding",
    "numbers_never_end": "deciding",
    "learnt_in_vain": "deciding",
    "sent_before_row": "telling",
    "unknown_not_resent": "telling",
    "answered_and_sent_again": "telling",
    "rights_checked_once": "telling",
    "revocation_forgotten": "telling",
    "nothing_leaves": "telling",
    "phone_in_log": "telling",
    "nothing_pulled": "repairing",
}
"""Name of a bug -> the module that holds the function of that name."""


def apply(name: str) -> None:
    """Inject the bug into this process, before its entry point runs."""
    module = import_module(f"{__name__}.{MUTATIONS[name]}")
    inject: Callable[[], None] = getattr(module, name)
    inject()
