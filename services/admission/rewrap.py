"""Entry point of admission that wraps persons' keys again: `python -m services.admission.rewrap`."""

from services.admission.wiring import SERVICE
from shared.spine.service.rewrap import run

if __name__ == "__main__":
    raise SystemExit(run(SERVICE))
