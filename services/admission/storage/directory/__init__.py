"""The SQL of the directory: establishments, identity domains, professionals."""
