"""The differences between what a publisher recorded and what a consumer holds, by cell and by event."""
