"""Defines the decision to erase a person."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

ErasureBasis = Literal[
    "no_longer_necessary", "consent_withdrawn", "objection", "unlawful_processing", "legal_obligation"
]
"""Why a person may have to be forgotten: GDPR article 17(1) a to e."""


class Erasure(Struct, frozen=True, kw_only=True):
    """That a person was erased; it says nothing of whom but ids that lead to nobody any more."""

    erasure_id: UUID
    person_ids: tuple[UUID, ...]
    """Every id that the person had: more than one where persons were one."""
    basis: ErasureBasis
    by: str
    """Who decided, and the source of the key."""
    erased_at: datetime
