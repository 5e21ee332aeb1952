"""Use cases on what is granted: teams of care, networks, broken glasses."""
