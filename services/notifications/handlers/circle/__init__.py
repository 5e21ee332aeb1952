"""Use cases on care circles."""
