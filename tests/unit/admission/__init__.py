"""What admission decides, without a database or a broker."""
