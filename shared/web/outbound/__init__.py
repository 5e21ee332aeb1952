"""Calls addresses that others chose: only such as are public, or allowed by who runs this deployment."""
