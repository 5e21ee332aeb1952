"""When and over which channel an obligation that is due is fulfilled."""
