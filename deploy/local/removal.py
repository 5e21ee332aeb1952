"""Removes what is in the state folder but the fetched programs: all of it, or nothing."""

import shutil
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.ownership import irremovable, not_permitted

KEPT = {"cache"}
BEING_REMOVED = "being-removed"
LAST = "credentials.json"
"""Data without its credentials is lost, credentials without data are not: they go last."""


def check_removable(folder: Path) -> None:
    """Raises StackError when this account could not remove everything."""
    found = irremovable(iter(_removed(folder)))
    if found is not None:
        raise StackError(f"nothing was removed: {not_permitted(found)}")


def remove_state(folder: Path) -> None:
    """Remove data, credentials, logs and state.

    Everything is moved aside first: an interrupted removal leaves nothing that looks like a stack, and the
    next one ends it.
    """
    check_removable(folder)
    aside = folder / BEING_REMOVED
    if aside.exists():
        shutil.rmtree(aside)
    paths = _removed(folder)
    if paths:
        aside.mkdir()
        for path in paths:
            path.rename(aside / path.name)
        shutil.rmtree(aside)


def _removed(folder: Path) -> list[Path]:
    found = [path for path in folder.iterdir() if path.name not in KEPT] if folder.exists() else []
    return sorted(found, key=lambda path: (path.name == LAST, path.name))
