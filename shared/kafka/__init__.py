"""The broker: topics, CloudEvents on the wire, producer and batch consumer."""
