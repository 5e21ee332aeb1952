"""The continuity test: runs the platform under faults, and an independent checker looks for losses."""
