"""Indicators stores and answers on a real PostgreSQL as its arithmetic says."""
