"""What does a reset remove? Everything in the state folder but the fetched programs."""

import shutil
from pathlib import Path

KEPT = {"cache"}


def remove_state(folder: Path) -> None:
    """Remove data, credentials, logs and state."""
    if not folder.exists():
        return
    for path in folder.iterdir():
        if path.name in KEPT:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
