"""HTTP entry point of indicators: `services.indicators.main:app`."""

from services.indicators.wiring import SERVICE
from shared.spine.service.api import create_api

app = create_api(SERVICE)
