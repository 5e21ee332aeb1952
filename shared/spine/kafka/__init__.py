"""The Kafka clients: producer, group member, topics."""
