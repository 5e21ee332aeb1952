"""Suites that every implementation of a port has to pass, one for each kind of port."""
