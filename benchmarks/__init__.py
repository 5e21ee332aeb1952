"""Benchmarks of the platform beside raw limits and a textbook peer: `make bench`."""
