"""Adds the operator's commands to the command `relais`."""

import typer

from deploy.operator import audit, directory, keys, master_key, parked
from deploy.operator.call import call
from deploy.operator.drain import drain
from deploy.operator.pausing import pause, resume
from deploy.operator.person.commands import commands as person
from deploy.operator.rebuild import rebuild
from deploy.operator.reconcile import reconcile


def register(app: typer.Typer) -> None:
    """Add the operator's commands to the app."""
    app.add_typer(parked.commands, name="parked")
    app.add_typer(directory.commands, name="directory")
    app.add_typer(audit.commands, name="audit")
    app.add_typer(keys.commands, name="key")
    app.add_typer(master_key.commands, name="master-key")
    app.add_typer(person, name="person")
    app.command()(call)
    app.command()(pause)
    app.command()(resume)
    app.command()(drain)
    app.command()(rebuild)
    app.command()(reconcile)
