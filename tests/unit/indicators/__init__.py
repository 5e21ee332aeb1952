"""What do the indicators say? Their arithmetic, without any service."""
