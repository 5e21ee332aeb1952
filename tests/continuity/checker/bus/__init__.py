"""Invariants of what travelled and was applied: I5, I6, I7, I9 and I10."""
