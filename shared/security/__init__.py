"""Callers, their keys and their scopes, and encryption with a key per person."""
