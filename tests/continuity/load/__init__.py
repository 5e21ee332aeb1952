"""Simulated establishments: what they state, in which order, how insistently, and with which mistakes."""
