"""Learns when a source usually speaks, and tells when it is silent for longer; pure."""
