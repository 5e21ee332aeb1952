"""Holds the recurring duties of pathway, one file each."""
