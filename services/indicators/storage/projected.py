"""Which tables follow from what indicators applied? All of its facts: a rebuild makes them anew."""

from typing import Final

from shared.spine.rebuild.projection import ProjectedTable

SWAPPED: Final = (
    ProjectedTable(table="movement_facts"),
    ProjectedTable(table="expectation_facts"),
    ProjectedTable(table="obligation_facts"),
)
