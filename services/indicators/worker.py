"""Background entry point of indicators: `python -m services.indicators.worker`."""

from services.indicators.wiring import SERVICE
from shared.spine.service.worker import run

if __name__ == "__main__":
    run(SERVICE)
