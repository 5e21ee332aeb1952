"""Facts and obligations in the database."""
