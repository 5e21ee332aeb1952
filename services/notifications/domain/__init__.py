"""What must be told to whom, when and in which words; pure."""
