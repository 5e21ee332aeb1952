"""Use cases that decide whose a number and a movement is, after it was stated."""
