"""What does notifications decide and say? Its domain, channels and edges, without any service."""
