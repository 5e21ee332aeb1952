"""`relais person`: erases a person, on a basis and an author's word."""

import json
from typing import Annotated, Literal
from uuid import UUID

import typer

from deploy.operator.options import AsJson
from deploy.operator.platform import open_platform

commands = typer.Typer(no_args_is_help=True, help="The rights of a person: to be forgotten.")

ERASURE_TIMEOUT_SECONDS = 120.0
PersonId = Annotated[UUID, typer.Argument(help="As receipts name the person.")]
Basis = Literal[
    "no_longer_necessary", "consent_withdrawn", "objection", "unlawful_processing", "legal_obligation"
]


@commands.command()
def erase(
    person_id: PersonId,
    *,
    basis: Annotated[Basis, typer.Option(help="Of GDPR article 17(1).")],
    by: Annotated[str, typer.Option("--by", help="Who decides so; it is kept.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget a person for ever, in every service; again is no error."""
    platform = open_platform()
    if not yes and not typer.confirm(f"There is no way back. Erase {person_id} for ever?", err=True):
        typer.echo("Nothing was changed.", err=True)
        raise typer.Exit(1)
    asked = {"person_id": str(person_id), "basis": basis, "by": by}
    erasure = platform.call(
        "POST", "admission", "/v1/erasures", body=asked, timeout_seconds=ERASURE_TIMEOUT_SECONDS
    )
    if as_json:
        typer.echo(json.dumps(erasure, indent=2))
        return
    typer.echo(f"Erased at {erasure['erased_at']} by {erasure['by']}: {erasure['basis']}.")
    for each in erasure["person_ids"]:
        typer.echo(f"  {each}")
    typer.echo(
        "The other services forget within seconds. Keep these ids apart from the backups, which", err=True
    )
    typer.echo("do not: after a restore, erase each again (docs/operating.md).", err=True)
