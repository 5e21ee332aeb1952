"""Replaces an attribute of a module or class to inject a bug."""

from typing import Any


def replaced(owner: Any, name: str, by: Any) -> Any:
    """Replace the attribute and return the original."""
    plain = getattr(owner, name)
    setattr(owner, name, by)
    return plain
