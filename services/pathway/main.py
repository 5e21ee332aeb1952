"""HTTP entry point of pathway: `services.pathway.main:app`."""

from services.pathway.wiring import SERVICE
from shared.spine.service.api import create_api

app = create_api(SERVICE)
