"""What do tests share? Builders, generators and doubles; never imported by a service."""
