"""Compares consumer groups of two Kafka client libraries under the same faults of broker and members."""
