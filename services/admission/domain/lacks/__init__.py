"""Says what keeps a movement, which is taken all the same, from being watched or told: pure."""
