"""Checks, before anything is started, that the stack can run on this machine at all."""

import shutil
import sys
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.ownership import not_permitted

NEEDED_MEGABYTES, FULL_MEGABYTES = 1_000, 20
OLDEST_PYTHON = (3, 11)


def check_machine(folder: Path) -> None:
    """Raises StackError with what is missing."""
    if sys.platform not in {"linux", "darwin"}:
        raise StackError(
            f"the local stack runs on Linux and macOS, not on {sys.platform}: use Docker Compose"
        )
    if sys.version_info < OLDEST_PYTHON:
        raise StackError("Relais needs Python 3.11 or later")
    _check_path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Servers of another account must be able to pass; what is secret in it says so itself.
        folder.chmod(0o711)
    except PermissionError as error:
        raise StackError(not_permitted(folder)) from error
    except OSError as error:
        raise StackError(f"{folder} cannot be written to: {error.strerror}") from error
    _check_disk(folder)


def _check_path(folder: Path) -> None:
    for sign, reader in ((",", "Kafka"), (":", "Java")):
        if sign in str(folder.resolve()):
            raise StackError(
                f"the path {folder} has a '{sign}' in it, which {reader} takes for the end of a name: set "
                "RELAIS_STATE_FOLDER to another folder"
            )


def is_full(folder: Path) -> bool:
    """Whether the disk has so little room left that parts fail by it."""
    return _free_megabytes(folder) < FULL_MEGABYTES


def _free_megabytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free // 1_000_000


def _check_disk(folder: Path) -> None:
    free = _free_megabytes(folder)
    if free < NEEDED_MEGABYTES:
        raise StackError(f"the disk is full: {free} MB free in {folder}, {NEEDED_MEGABYTES} MB are needed")
