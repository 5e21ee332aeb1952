"""Owns: care circles, consents, contacts, obligations, attempts.
Consumes: admission, pathway.
Publishes: outcomes of obligations."""
