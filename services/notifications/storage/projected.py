"""The tables that a rebuild makes anew from the applied events, and the one that it adds to.

Circles, obligations and attempts are kept: nobody is told twice because of a rebuild.
"""

from typing import Final

from shared.spine.rebuild.projection import ProjectedTable

SWAPPED: Final = (
    ProjectedTable(table="facts", left_out=("trace", "known_at")),
    ProjectedTable(table="presence"),
    ProjectedTable(table="merges"),
    ProjectedTable(table="shared_circles"),
    ProjectedTable(table="relations"),
)

ADOPTED: Final = ("persons",)
"""Circles and obligations belong to them, and they hold keys: a person who is missing is added."""
