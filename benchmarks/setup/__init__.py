"""Sets up what is measured: servers, contestants and stored data."""
