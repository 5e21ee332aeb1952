"""Derives a person's pathway from the set of events stated about the person; all pure."""
