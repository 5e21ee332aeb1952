"""The contract between services, and the only thing they share: CloudEvents and their payloads."""
