"""Tests of notifications: obligations."""
