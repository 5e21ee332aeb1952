"""One process that starts, watches and stops all others."""
