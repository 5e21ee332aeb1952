"""Defines the directory: establishments, what they share, professionals; and reads the national extracts."""
