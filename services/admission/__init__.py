"""Owns: ledger of movements, identities, sources, directory of establishments and professionals.
Consumes: nothing.
Publishes: movements, access granted and revoked."""
