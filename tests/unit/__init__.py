"""Tests without any service: pure code and doubles, in milliseconds."""
