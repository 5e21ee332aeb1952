"""What a process needs from its machine: time, settings, garbage collection, and which failures pass."""
