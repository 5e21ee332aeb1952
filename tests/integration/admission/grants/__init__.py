"""Grants of sight, over HTTP and the ledger."""
