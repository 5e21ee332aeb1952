"""Fairness: how places are shared and rates are kept among callers and addresses; pure."""
