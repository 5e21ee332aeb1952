"""Notifications on a real PostgreSQL, with channels that a test scripts."""
