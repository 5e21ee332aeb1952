"""`relais person`: gives all that is kept of a person, or erases the person, on an author's word."""

import json
import os
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import typer

from deploy.local.errors import StackError
from deploy.operator.options import AsJson
from deploy.operator.person.gather import export_of
from deploy.operator.person.page import page_of
from deploy.operator.platform import open_platform

commands = typer.Typer(no_args_is_help=True, help="The rights of a person: to be told, and to be forgotten.")

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


@commands.command()
def export(
    person_id: PersonId,
    *,
    folder: Annotated[Path, typer.Option(help="Where the two files are written.")] = Path(),
) -> None:
    """Write all that is kept of a person, as JSON and as a page to read, in files that only you can open."""
    found = export_of(open_platform(), str(person_id))
    document = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    for suffix, text in ((".json", document), (".html", page_of(found))):
        typer.echo(_written(folder / f"person-{person_id}{suffix}", text))


def _written(path: Path, text: str) -> Path:
    """A new file of its owner's; never in the place of another one, whoever left it there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise StackError(f"{path} cannot be written: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path
