"""What happened, how long did it take, how old is the oldest? Traces, metrics, logs: no personal data."""
