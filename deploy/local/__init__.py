"""The embedded stack: PostgreSQL, Kafka and every service on one machine that has Python and nothing else."""
