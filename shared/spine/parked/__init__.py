"""What an operator does with parked events: inspect, retry or dismiss them."""
