"""That nothing is left of an erased person."""
