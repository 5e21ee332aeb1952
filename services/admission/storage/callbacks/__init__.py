"""SQL of callbacks: where they go, which movements are followed for them, and what was delivered."""
