"""What does pathway decide? Its domain and edges, without any service."""
