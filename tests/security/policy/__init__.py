"""The policy of accesses, without a server."""
