"""Lets an operator inspect, retry and dismiss the events that were parked."""
