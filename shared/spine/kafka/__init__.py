"""What we need of Kafka: clients and topics."""
