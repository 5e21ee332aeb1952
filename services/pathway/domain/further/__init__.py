"""Expects what should follow within one stay, such as the return after a leave (decision 0043)."""
