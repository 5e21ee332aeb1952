"""Reads movements into stays and presences: the one reading of the facts, for every service; all pure."""
