"""Attacks on the circle of a person, over HTTP and a real database."""
