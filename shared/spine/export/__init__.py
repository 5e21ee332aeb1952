"""Gives everything that a service keeps of one person, section by section, to whoever answers the person."""
