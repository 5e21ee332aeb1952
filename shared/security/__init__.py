"""Who may call, and what stays secret? Keys of callers, and encryption with a key per person."""
