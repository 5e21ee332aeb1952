"""An SMS gateway without a network: speaks Kannel's `sendsms`, reports on delivery, fails on demand."""
