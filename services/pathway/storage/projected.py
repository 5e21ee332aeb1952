"""Names the tables that a rebuild of pathway fills again, and those that it only compares."""

from typing import Final

from shared.spine.rebuild.projection import ProjectedTable

SWAPPED: Final = (
    ProjectedTable(table="movement_events"),
    # Compared by content, not by spelling.
    ProjectedTable(table="pathways", as_if={"document": "document::jsonb"}),
    ProjectedTable(table="relations"),
)

# Records what was published: filled again, everything would be published again. Whether an open expectation
# is overdue depends on the clock, not on an event; that somebody closed it, on their word alone.
COMPARED: Final = (
    ProjectedTable(
        table="expectations",
        left_out=("version", "trace", "closed_at", "closed_by", "closed_because"),
        as_if={"state": "CASE WHEN state IN ('overdue', 'closed') THEN 'open' ELSE state END"},
    ),
    ProjectedTable(
        table="further_expectations",
        left_out=("document",),
        as_if={
            "state": "CASE WHEN state = 'overdue' OR (state = 'ended' AND document #>> "
            "'{expectation,ended_at}' IS NULL) THEN 'open' ELSE state END"
        },
    ),
)
