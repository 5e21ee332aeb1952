"""The platform under test: servers, services and their processes, each of which a fault can stop."""
