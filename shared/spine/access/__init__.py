"""Who may call this service: the keys that admission granted, and the key of its own services."""
