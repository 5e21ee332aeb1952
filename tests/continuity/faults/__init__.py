"""What breaks, when, and how it is healed."""
