"""The consuming side in the database: an event is applied exactly once, or parked."""
