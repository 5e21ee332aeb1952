"""Dashboards and alerts, as code."""
