"""Owns: stays, pathways, expectations, ruptures, rules.
Consumes: admission.
Publishes: expectations, ruptures."""
