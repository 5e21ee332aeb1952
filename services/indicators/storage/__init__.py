"""Says SQL: how facts are stored, and how those are found that a question is about."""
