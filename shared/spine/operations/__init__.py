"""Shows operators the state of a service, and lets them pause its parts."""
