"""Invariants of what was accepted and published: I1 to I4."""
