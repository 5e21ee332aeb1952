"""Use cases on messages: claiming, sending, recording what the provider says."""
