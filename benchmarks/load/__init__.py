"""Generates load and measures its cost."""
