"""The one reading of movements."""
