"""The use cases of admission."""
