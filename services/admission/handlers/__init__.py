"""Holds the use cases of admission, each a function of that name."""
