"""What a person does with events that are parked: look at them, retry them, or dismiss them."""
