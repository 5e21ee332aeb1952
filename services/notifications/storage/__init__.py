"""The database of notifications; personal data is encrypted with the person's key."""
