"""What the SMS gateway and the mail sink have in common."""
