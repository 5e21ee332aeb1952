"""What is a movement worth? Rules about statements of establishments: pure, no I/O, no clock."""
