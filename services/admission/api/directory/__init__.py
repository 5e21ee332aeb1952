"""The HTTP routes of the directory."""

from services.admission.api.directory import establishments, extracts, identity_domains, professionals

ROUTERS = (establishments.router, professionals.router, identity_domains.router, extracts.router)
