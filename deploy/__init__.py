"""How Relais is run: the embedded local stack, container files and dashboards."""
