"""Entry point of notifications that wraps persons' keys again: `python -m services.notifications.rewrap`."""

from services.notifications.wiring import SERVICE
from shared.spine.service.rewrap import run

if __name__ == "__main__":
    raise SystemExit(run(SERVICE))
