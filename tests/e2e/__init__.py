"""The whole platform, seen from outside: through its command line and its public HTTP APIs only."""
