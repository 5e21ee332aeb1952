"""An SMS gateway with Kannel's `sendsms`, which journals every request before answering, and faults."""
