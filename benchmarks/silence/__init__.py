"""Replays real streams with silences cut into them, and says which of those are noticed, and how soon."""
