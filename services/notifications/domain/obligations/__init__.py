"""Which obligations follow from the facts, and the states each of them goes through."""
