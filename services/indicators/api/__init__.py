"""What does indicators serve over HTTP? Definitions, values, and what became of an event."""
