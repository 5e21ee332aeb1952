"""A TCP proxy in front of PostgreSQL and Kafka, to inject network faults."""
