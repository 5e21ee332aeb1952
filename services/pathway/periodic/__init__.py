"""What does pathway do again and again? One file for each duty."""
