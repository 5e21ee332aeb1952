"""Decides what the indicators mean: facts, their folding, and the arithmetic on them; all pure."""
