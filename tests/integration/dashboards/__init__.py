"""Do the dashboard's queries return data from a real Prometheus?"""
