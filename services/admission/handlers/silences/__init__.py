"""Use cases of silences: judging and showing them."""
