"""SQL and tables of when sources are heard, and of their silences."""
