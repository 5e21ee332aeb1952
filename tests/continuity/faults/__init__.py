"""The faults: their schedule, how each is injected, and how it is healed."""
