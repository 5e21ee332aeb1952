"""Judges a run from its journals, databases and topics; imports nothing of the platform it judges."""
