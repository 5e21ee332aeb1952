"""Whose each movement is in the end, by what the senders stated and decided."""
