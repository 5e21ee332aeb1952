"""Builders, generators and doubles for tests; no service imports them."""
