"""Holds the use cases of pathway, each a function of its file's name."""
