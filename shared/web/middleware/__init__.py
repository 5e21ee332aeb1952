"""ASGI middleware of every application: places, telemetry, limits of a request, fast path, last errors."""
