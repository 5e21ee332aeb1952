"""What do the indicators mean? Facts, their folding, and the arithmetic on them; all pure."""
