"""HTTP entry point of notifications: `services.notifications.main`, for callers `app`, and `operations`."""

from services.notifications.wiring import SERVICE
from shared.spine.service.api import create_api, create_operations

app = create_api(SERVICE)
operations = create_operations(SERVICE, app)
