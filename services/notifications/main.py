"""HTTP entry point of notifications: `services.notifications.main:app`."""

from services.notifications.wiring import SERVICE
from shared.spine.service.api import create_api

app = create_api(SERVICE)
