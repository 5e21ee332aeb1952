"""Raw limits that stand beside the figures: what database, bus, HTTP and disk do alone."""
