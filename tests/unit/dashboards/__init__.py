"""Do dashboards and alerts speak of what the processes expose?"""
