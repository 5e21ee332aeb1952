"""A publisher's ledger: read from its database, sealed hour by hour, and read over HTTP by consumers."""
