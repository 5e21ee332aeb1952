"""HTTP entry point of indicators: `services.indicators.main`, for callers `app`, and `operations`."""

from services.indicators.wiring import SERVICE
from shared.spine.service.api import create_api, create_operations

app = create_api(SERVICE)
operations = create_operations(SERVICE, app)
