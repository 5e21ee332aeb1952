"""Use cases of the directory: load extracts, register by hand, look up."""
