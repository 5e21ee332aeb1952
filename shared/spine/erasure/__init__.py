"""Forgets erased persons: remembers by id who they are, and keeps what comes late from telling of them."""
