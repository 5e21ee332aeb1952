"""The composition of a service, on a real PostgreSQL and a real Kafka."""
