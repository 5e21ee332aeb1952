"""Invariants of who was told what: I8 and I11."""
