"""What the local stack consists of: its parts, their ports, secrets and environment."""
