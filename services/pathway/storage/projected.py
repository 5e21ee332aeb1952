"""Which tables follow from what pathway applied? Those that a rebuild makes anew, and those that it keeps."""

from typing import Final

from shared.spine.rebuild.projection import ProjectedTable

SWAPPED: Final = (
    ProjectedTable(table="movement_events"),
    # What it says, not how it was written down.
    ProjectedTable(table="pathways", as_if={"document": "document::jsonb"}),
)

# They say what was published: made anew, everything would be published once more. Whether an arrival that
# is waited for is overdue by now, the clock says, not an event.
COMPARED: Final = (
    ProjectedTable(
        table="expectations",
        left_out=("version", "trace"),
        as_if={"state": "CASE state WHEN 'overdue' THEN 'open' ELSE state END"},
    ),
)
