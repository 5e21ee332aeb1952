"""The HTTP edge of admission."""
