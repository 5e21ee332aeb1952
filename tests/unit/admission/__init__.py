"""What admission decides, without a service."""
