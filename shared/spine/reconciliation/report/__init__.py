"""The balance of every event a service received, by publisher, establishment and day."""
