"""The publishing half of the spine: append to the ledger, relay to the broker."""
