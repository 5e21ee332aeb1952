"""What an operator sees of a service and what they can pause."""
