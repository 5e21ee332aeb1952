"""Owns: ledger of movements, identities, sources.
Consumes: nothing.
Publishes: movements, access granted and revoked."""
