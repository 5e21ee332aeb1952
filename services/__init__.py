"""The independent services of Relais; none imports another."""
