"""A publisher's ledger: read from the database, its hours sealed, and asked over HTTP."""
