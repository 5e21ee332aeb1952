"""Traces, metrics and logs, without personal data."""
