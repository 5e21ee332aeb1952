"""Dashboards and alerts use metrics that the processes expose."""
