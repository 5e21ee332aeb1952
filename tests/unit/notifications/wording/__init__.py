"""Tests of notifications: wording."""
