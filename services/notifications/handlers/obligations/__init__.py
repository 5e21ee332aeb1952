"""Use cases on obligations: planning, settling, reading."""
