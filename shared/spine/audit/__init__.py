"""Keeps the audit of a service: an append-only schema of its own, its chains, heads, and who may read it."""
