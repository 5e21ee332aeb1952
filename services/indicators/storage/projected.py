"""Names the tables that a rebuild of indicators fills again: all of its facts."""

from typing import Final

from shared.spine.rebuild.projection import ProjectedTable

SWAPPED: Final = (
    ProjectedTable(table="movement_facts"),
    ProjectedTable(table="reassignment_facts"),
    ProjectedTable(table="expectation_facts"),
    ProjectedTable(table="obligation_facts"),
)
