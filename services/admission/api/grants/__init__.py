"""Grants over HTTP: teams of care, networks, broken glasses."""

from services.admission.api.grants import glass, networks, teams

ROUTERS = (teams.router, networks.router, glass.router)
