"""Bugs about decisions: moves undone by what is older, numbers that never end, links taken for merges."""

from typing import Any
from uuid import UUID

from services.admission.domain.identities.reassignment import Holding
from services.admission.handlers.identities import carry_out, recognise
from services.admission.handlers.identities.own_numbers import OwnNumbers
from tests.continuity.mutations.patching import replaced


def moves_outdated() -> None:
    """Let whatever is stated after a move undo it, however old it is."""

    def outdates(self: Holding, statement: Any) -> bool:
        return self.decided_at is None and bool(plain(self, statement))

    plain = replaced(Holding, "outdates", outdates)


def stays_moved_by_half() -> None:
    """Move the first movement of a stay, and leave the others."""

    async def first_of_stay(*args: Any) -> Any:
        return (await plain(*args))[:1]

    plain = replaced(carry_out, "movements_of_stay", first_of_stay)


def links_are_merges() -> None:
    """Take a link for the merge of the same two numbers: who undoes one undoes the other."""

    def opaque_id(self: OwnNumbers, *parts: str) -> UUID:
        known: UUID = plain(self, *("merge" if part == "link" else part for part in parts))
        return known

    plain = replaced(OwnNumbers, "opaque_id", opaque_id)


def numbers_never_end() -> None:
    """Go on taking a number that was changed or deleted as the person's who had it."""

    async def nothing(*_: Any) -> None:
        return

    replaced(carry_out, "end_number", nothing)


def learnt_in_vain() -> None:
    """Join nobody whom an establishment recognises without a movement."""

    def nobody(*_: Any, **__: Any) -> tuple[()]:
        return ()

    replaced(recognise, "judge_others", nobody)
