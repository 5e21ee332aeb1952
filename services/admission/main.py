"""HTTP entry point of admission: `services.admission.main`, for callers `app`, and `operations`."""

from services.admission.wiring import SERVICE
from shared.spine.service.api import create_api, create_operations

app = create_api(SERVICE)
operations = create_operations(SERVICE, app)
