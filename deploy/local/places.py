"""The folders in which the local stack keeps its files."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SPECIFICATIONS = Path(__file__).parent


def state_folder() -> Path:
    """`.relais/` of this clone, or RELAIS_STATE_FOLDER; an empty value counts as unset."""
    return Path(os.environ.get("RELAIS_STATE_FOLDER") or PROJECT / ".relais")


def jar_cache() -> Path:
    """The Maven repository that `relais up` and the tests share; it survives `relais reset`."""
    return Path(os.environ.get("RELAIS_CACHE_FOLDER", PROJECT / ".relais" / "cache")) / "maven"
