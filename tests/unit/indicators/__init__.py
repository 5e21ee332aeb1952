"""The arithmetic of the indicators, without a database or a broker."""
