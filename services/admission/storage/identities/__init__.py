"""Holds the SQL about whose the movements are, and which persons are merged."""
