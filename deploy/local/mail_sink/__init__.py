"""A mail server that delivers nothing: keeps what arrives, shows it, fails on demand."""
