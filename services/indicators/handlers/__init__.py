"""The use cases of indicators."""
