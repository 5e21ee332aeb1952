"""What every service has in common: it is defined as data, opened once, and run as an API and as a worker."""
