"""HTTP routes through which publishers, consumers and operators ask what a service holds."""
