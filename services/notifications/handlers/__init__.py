"""Use cases: each function does one thing that someone asked for, in one or more transactions."""
