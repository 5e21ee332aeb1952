"""What can be asked of pathway? One file for each use case."""
