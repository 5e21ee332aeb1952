"""Background entry point of admission: `python -m services.admission.worker`."""

from services.admission.wiring import SERVICE
from shared.spine.service.worker import run

if __name__ == "__main__":
    run(SERVICE)
