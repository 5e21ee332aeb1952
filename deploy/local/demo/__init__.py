"""A realistic day, played on the running platform through its public APIs."""
