"""What rests in the database of notifications; personal data only sealed with the person's key."""
