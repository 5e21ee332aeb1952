"""Defines an item of the work list: two persons who may be one, and what speaks for and against it.

It names who stated what, and the traits that disagree by their names; never a value, never a number.
"""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct

from services.admission.domain.doubts import Finding
from services.admission.domain.traits import Trait

MACHINE: Final = "relais"
"""The author of what a qualified INS and agreeing traits decide."""

State = Literal["joining", "open", "settled"]
"""`joining`: a qualified INS and agreeing traits make them one, which is about to be done."""

Verdict = Literal["same_person", "different_persons"]


class Evidence(Struct, frozen=True, kw_only=True):
    """A statement that made the item: who made it, and its receipt."""

    establishment: str
    receipt_id: UUID


class Decision(Struct, frozen=True, kw_only=True):
    """What was decided, by whom and why."""

    verdict: Verdict
    author: str
    reason: str
    at: datetime


class WorkItem(Struct, frozen=True, kw_only=True):
    """Two persons whom numbers name as one."""

    work_item_id: UUID
    finding: Finding
    state: State
    person_id: UUID
    """Whom the newer statement is about."""
    other_person_id: UUID
    """The same person, where a number was joined to theirs and nobody else became one with them."""
    establishments: tuple[str, ...]
    """Those concerned: they see the item."""
    evidence: tuple[Evidence, ...]
    disagreeing: tuple[Trait, ...]
    unknown: tuple[Trait, ...]
    """Traits that one side at least does not know."""
    found_at: datetime
    decisions: tuple[Decision, ...] = ()
    """The newest last; that one holds."""
