"""Recurring duties, one file each."""
