"""Simulated establishments: what they send, in which order, how often, and with which mistakes."""
