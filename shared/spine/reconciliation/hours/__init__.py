"""Counts and digests of the events of each hour: they compare two sets of events without sending them."""
