"""The Kafka consumer: partitions, positions and batches."""
