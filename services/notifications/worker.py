"""Background entry point of notifications: `python -m services.notifications.worker`."""

from services.notifications.wiring import SERVICE
from shared.spine.service.worker import run

if __name__ == "__main__":
    run(SERVICE)
