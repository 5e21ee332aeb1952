"""Use cases, each a function that takes the dependencies, an open transaction if any, and its data."""
