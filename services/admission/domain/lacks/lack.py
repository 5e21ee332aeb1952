"""Defines what a movement may lack, and where in it that would stand."""

from typing import Literal

from msgspec import Struct

LackCode = Literal[
    "plan",
    "no_destination",
    "within_establishment",
    "destination_unnamed",
    "destination_by_home",
    "destination_key_invalid",
    "destination_not_listed",
    "no_deadline",
    "no_return_time",
    "ins_not_qualified",
    "traits_incomplete",
    "no_bed",
    "death",
]


class Lack(Struct, frozen=True):
    """Something that is missing, or that keeps something from happening, and where it would stand."""

    code: LackCode
    pointer: str
    """JSON pointer into the movement."""
