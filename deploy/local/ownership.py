"""Says whose files a command may not touch, and what to do about it."""

import getpass
import pwd
from collections.abc import Iterator
from os import R_OK, W_OK, X_OK, access, supports_effective_ids
from pathlib import Path

from deploy.local.places import PROJECT


def not_permitted(path: Path) -> str:
    """One sentence: to whom the file or folder belongs, and both remedies."""
    owner = owner_of(path)
    own = PROJECT if path.is_relative_to(PROJECT) else path
    return (
        f"{path} belongs to {owner}, so {getpass.getuser()} may not change it: run this as {owner}"
        f"{' (sudo)' if owner == 'root' else ''}, or, once Relais has stopped, make it yours with"
        f' sudo chown -R "$USER" "{own}"'
    )


def owner_of(path: Path) -> str:
    """The name of the account that owns the file, or the nearest folder above that exists."""
    existing = next(each for each in (path, *path.parents) if each.exists())
    owner = existing.stat().st_uid
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return f"user {owner}"


def irremovable(paths: Iterator[Path]) -> Path | None:
    """The first of the paths that this account could not remove with all it holds, if any."""
    for path in paths:
        if not _may(path.parent, W_OK | X_OK):
            return path
        if path.is_dir() and not path.is_symlink():
            if not _may(path, R_OK | W_OK | X_OK):
                return path
            inner = irremovable(path.iterdir())
            if inner is not None:
                return inner
    return None


def _may(path: Path, mode: int) -> bool:
    return access(path, mode, effective_ids=access in supports_effective_ids)
