"""Admission on a real PostgreSQL, by its HTTP API and with its real wiring."""
