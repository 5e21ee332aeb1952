"""Which options do several of an operator's commands have?"""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="For scripts: one JSON document on standard output.")]
