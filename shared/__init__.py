"""What every service needs and that knows no business: contracts, spine, HTTP, telemetry, security."""
