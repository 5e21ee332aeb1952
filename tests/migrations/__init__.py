"""Every schema, upwards and downwards, on a real PostgreSQL."""
