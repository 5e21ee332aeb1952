"""The arithmetic of indicators."""
