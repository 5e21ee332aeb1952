"""HTTP entry point of admission: `services.admission.main:app`."""

from services.admission.wiring import SERVICE
from shared.spine.service.api import create_api

app = create_api(SERVICE)
