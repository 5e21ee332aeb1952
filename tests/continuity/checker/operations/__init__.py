"""Invariants of alerts, secrecy and rest: I12 and I14."""
