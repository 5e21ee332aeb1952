"""Speaks HTTP: the routes of admission, with the shapes of their requests and answers."""
