"""The HTTP edge of pathway."""
