"""The operator's commands on a running platform, which use only its HTTP APIs."""
