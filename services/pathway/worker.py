"""Background entry point of pathway: `python -m services.pathway.worker`."""

from services.pathway.wiring import SERVICE
from shared.spine.service.worker import run

if __name__ == "__main__":
    run(SERVICE)
