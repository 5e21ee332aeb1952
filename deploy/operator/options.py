"""Arguments and options that several of the operator's commands share."""

import getpass
from typing import Annotated, Literal

import typer

Service = Literal["admission", "pathway", "notifications", "indicators"]
Consumer = Literal["pathway", "notifications", "indicators"]
CONSUMERS: tuple[Consumer, ...] = ("pathway", "notifications", "indicators")

AsJson = Annotated[bool, typer.Option("--json", help="For scripts: one JSON document on standard output.")]
By = Annotated[str, typer.Option("--by", help="Who decides so.", default_factory=getpass.getuser)]
Because = Annotated[str, typer.Option("--because", help="Why; it is kept and shown.")]
