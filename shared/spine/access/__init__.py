"""Who may call this service: the keys that admission granted, as a replica, and the platform's own key."""
