"""What a source is told of its movements, and when it is told."""
