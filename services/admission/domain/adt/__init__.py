"""Says what an ADT message states, in the words of our own contract: pure, by the dialect of its source."""
