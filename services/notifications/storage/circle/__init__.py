"""Members of care circles in the database, encrypted."""
