"""Tests with a publisher and a consumer, whose events are compared."""
