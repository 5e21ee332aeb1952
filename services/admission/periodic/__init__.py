"""The duties of admission's worker, beside those that the spine gives every service."""
