"""The version of the platform that this process runs."""

import tomllib
from importlib import metadata
from pathlib import Path
from typing import Final

_PROJECT: Final = Path(__file__).parents[2] / "pyproject.toml"


def _installed_version() -> str:
    try:
        return metadata.version("relais")
    except (
        metadata.PackageNotFoundError
    ):  # an image holds the sources and this file, but no installed package
        return str(tomllib.loads(_PROJECT.read_text())["project"]["version"])


VERSION: Final = _installed_version()
