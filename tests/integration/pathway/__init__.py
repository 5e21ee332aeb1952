"""Pathway works with its real database, broker and wiring."""
