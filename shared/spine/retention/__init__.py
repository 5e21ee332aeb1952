"""Ends the keeping of what is older than its kind is kept for, a bounded part at each turn."""
