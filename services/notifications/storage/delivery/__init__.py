"""Attempts, delivery reports and page links in the database."""
