"""Use cases of the audit of obligations."""
