"""ASGI middleware of every application: in-flight limit, telemetry, body limit, fast path, last errors."""
