"""The dashboard's queries, run against a real Prometheus."""
