"""A publisher and a consumer with a spine each, whose books are compared."""
