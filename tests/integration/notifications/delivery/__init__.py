"""Tests of notifications: delivery."""
