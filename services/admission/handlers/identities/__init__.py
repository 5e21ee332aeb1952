"""Use cases that decide whose a movement is, after it was stated."""
