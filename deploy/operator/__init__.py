"""What does an operator do to a running platform? Look, repair, hold, compare: over its HTTP APIs only."""
