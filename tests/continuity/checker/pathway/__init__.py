"""Invariants of pathways and expected arrivals, against the checker's own fold: I6."""
