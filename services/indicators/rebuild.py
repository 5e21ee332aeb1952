"""Rebuild entry point of indicators: `python -m services.indicators.rebuild`."""

from services.indicators.wiring import SERVICE
from shared.spine.service.rebuild import run

if __name__ == "__main__":
    raise SystemExit(run(SERVICE))
