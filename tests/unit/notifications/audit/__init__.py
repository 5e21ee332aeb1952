"""Tests of notifications: audit."""
