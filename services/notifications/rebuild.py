"""Rebuild entry point of notifications: `python -m services.notifications.rebuild`."""

from services.notifications.wiring import SERVICE
from shared.spine.service.rebuild import run

if __name__ == "__main__":
    raise SystemExit(run(SERVICE))
