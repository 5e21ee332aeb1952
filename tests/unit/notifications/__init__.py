"""The domain, the channels and the edges of notifications, without any service."""
