"""Which commands does `relais` have besides those of the local stack? One line each, on its app."""

import typer


def register(app: typer.Typer) -> None:
    """Add the operator's commands to the app."""
