"""The checker of the continuity test: it reads journals and SQL, and imports nothing that it judges."""
