"""What does notifications do again and again? One file for each duty."""
