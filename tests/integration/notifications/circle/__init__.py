"""Tests of notifications: circle."""
