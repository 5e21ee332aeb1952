"""Defines the verdict of the facts on an obligation: to be sent, not to be told, or replaced."""

from typing import Literal
from uuid import UUID

import msgspec

Suppression = Literal[
    "no_entitlement",
    "preference_off",
    "deceased",
    "stale_at_creation",
    "duplicate_fact",
    "nothing_to_correct",
    "not_staying",
]


class Send(msgspec.Struct, frozen=True, tag=True):
    """It is still to be sent."""


class Suppress(msgspec.Struct, frozen=True, tag=True):
    """It must not be told, or there is nothing to tell."""

    reason: Suppression


class Supersede(msgspec.Struct, frozen=True, tag=True):
    """Newer news takes its place."""

    by: UUID
    reason: str


Verdict = Send | Suppress | Supersede
