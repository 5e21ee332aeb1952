"""The publishing side: append to the ledger, relay to the broker."""
