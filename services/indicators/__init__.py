"""Owns: facts, indicator values.
Consumes: admission, pathway, notifications.
Publishes: nothing."""
