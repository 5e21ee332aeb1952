"""`relais key`: lists the API keys of a platform, rotates and revokes them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from deploy.operator.keys_asked import all_keys, end_of, last_used
from deploy.operator.keys_screen import listed
from deploy.operator.options import AsJson
from deploy.operator.platform import open_platform

commands = typer.Typer(no_args_is_help=True, help="API keys: who may call, until when, and who still does.")

KeyId = Annotated[UUID, typer.Argument(help="As `relais key list` shows it; never the key itself.")]


@commands.command(name="list")
def list_keys(
    *,
    ending: Annotated[int | None, typer.Option(help="Only valid ones that end within so many days.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every key by its id: whose, what for, until when, and when it was last used at any service."""
    platform = open_platform()
    keys, used = all_keys(platform), last_used(platform)
    shown = [{**key, "last_used_at": used.get(key["key_id"])} for key in keys]
    now = datetime.now(UTC)
    if ending is not None:
        last = now + timedelta(days=ending)
        shown = [key for key in shown if not key["revoked_at"] and now < end_of(key) <= last]
    if as_json:
        typer.echo(json.dumps(shown, indent=2))
    else:
        Console().print(listed(shown, now=now))


@commands.command()
def rotate(
    key_id: KeyId,
    *,
    keep_old_days: Annotated[float, typer.Option(help="So long the old key goes on.", min=0, max=90)] = 7,
    as_json: AsJson = False,
) -> None:
    """Give the source another key, shown now and never again; what it sent before stays known as its own."""
    body = {"old_ends_after_seconds": round(keep_old_days * 86_400)}
    rotated = open_platform().post("admission", f"/v1/keys/{key_id}/rotations", body)
    if as_json:
        typer.echo(json.dumps(rotated, indent=2))
        return
    typer.echo(rotated["key"])
    typer.echo(
        f"The old key ends at {rotated['old_expires_at']}, this one at {rotated['expires_at']}.", err=True
    )


@commands.command()
def revoke(key_id: KeyId) -> None:
    """End a key, everywhere within seconds; again is no error."""
    open_platform().call("DELETE", "admission", f"/v1/keys/{key_id}")
    typer.echo(f"{key_id} is revoked.")
