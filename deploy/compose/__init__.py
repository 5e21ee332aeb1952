"""Checks docker-compose.yml against the repository, with one file for each aspect."""
