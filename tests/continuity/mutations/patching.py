"""How is a bug put in? One attribute of a module or a class makes way for another."""

from typing import Any


def replaced(owner: Any, name: str, by: Any) -> Any:
    """What stood there before."""
    plain = getattr(owner, name)
    setattr(owner, name, by)
    return plain
