"""Judges what establishments state about movements: pure, no I/O, no clock."""
