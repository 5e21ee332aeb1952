"""Parts of a service that a person has paused."""
