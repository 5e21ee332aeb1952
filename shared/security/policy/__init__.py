"""Decides every access in every service: which operations there are, and whom each is for; pure."""
