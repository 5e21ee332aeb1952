"""What a person holds up and lets go on, and how far a service is behind with its work."""
