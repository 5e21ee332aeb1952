"""Spells the command as it can be typed here: `relais`, or with its path where PATH does not lead to it."""

import shlex
import shutil
import sys
from pathlib import Path


def as_typed(text: str, *, program: Path | None = None) -> str:
    """The text, with each "`relais " in it spelled so that it can be pasted."""
    return text.replace("`relais ", f"`{command_name(program)} ")


def command_name(program: Path | None = None) -> str:
    """How this very command (or `program`) is called in this terminal."""
    own = program or Path(sys.executable).with_name("relais")
    found = shutil.which("relais")
    if not own.exists() or (found is not None and Path(found).resolve() == own.resolve()):
        return "relais"
    return _shortest(own)


def _shortest(program: Path) -> str:
    here = Path.cwd()
    return shlex.quote(str(program.relative_to(here) if program.is_relative_to(here) else program))
