"""What travels: a CloudEvent on the wire, in a ledger and as a consumer receives it."""
