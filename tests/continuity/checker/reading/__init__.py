"""Reads what a run left behind: journals, databases and topics."""
