"""Rebuild entry point of pathway: `python -m services.pathway.rebuild`."""

from services.pathway.wiring import SERVICE
from shared.spine.service.rebuild import run

if __name__ == "__main__":
    raise SystemExit(run(SERVICE))
