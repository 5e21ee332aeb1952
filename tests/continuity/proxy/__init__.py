"""A TCP proxy of our own in front of PostgreSQL and Kafka, for what a network does to a connection."""
