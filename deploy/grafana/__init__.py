"""What does an operator look at, and what calls one? Dashboards and alerts, as code."""
