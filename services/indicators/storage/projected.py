"""Which tables follow from what indicators applied? All of its facts: a rebuild makes them anew."""

from typing import Final

from shared.spine.rebuild.projection import Projected

SWAPPED: Final = (
    Projected(table="movement_facts"),
    Projected(table="expectation_facts"),
    Projected(table="obligation_facts"),
)
