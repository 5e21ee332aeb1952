"""Reads files with secrets, and refuses those that accounts can read which need not.

As PostgreSQL does: what belongs to an account is for that one alone; what root put there may be for a group,
as orchestrators mount it (0440, with the group of the process).
"""

import os
import stat
from pathlib import Path
from typing import Final

MOUNTED: Final = Path("/run/secrets")
"""Where engines of containers mount secrets, readable by all of a container that has one account."""
_ROOT: Final = 0


def secret_in(path: Path, *, variable: str) -> str:
    """What the file holds that the variable names; raises ValueError, which quotes nothing of it."""
    try:
        with path.open(encoding="utf-8") as file:
            status, value = os.fstat(file.fileno()), file.read().strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{variable} names no file that can be read") from None
    others = others_who_read(status.st_mode, owner=status.st_uid)
    if others and not path.is_relative_to(MOUNTED):
        raise ValueError(f"{variable} names a file that {others} it")
    return value


def require_private(path: str, *, variable: str) -> None:
    """Let nothing pass but a file that holds what others must not read; raises ValueError."""
    secret_in(Path(path), variable=variable)


def others_who_read(mode: int, *, owner: int) -> str:
    """Who can read or write a file that need not, and the remedy; nothing for nobody."""
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        return "every account can read: chmod o-rw"
    if mode & (stat.S_IRGRP | stat.S_IWGRP) and owner != _ROOT:
        return "a group can read: chmod g-rw"
    return ""
