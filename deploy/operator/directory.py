"""`relais directory`: loads national extracts into the directory of establishments and professionals."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final

import typer
from rich.console import Console

from deploy.local.errors import StackError
from deploy.operator.options import AsJson
from deploy.operator.platform import open_platform

PART_BYTES: Final = 1024 * 1024
"""A part is stored by one commit, and takes little of the memory and time of the service."""
_LIMIT_BYTES: Final = 64 * 1024
"""No line of an extract comes near; what has none is no extract."""
REFUSED_LINES: Final = 1
"""Exit code when a line was refused; the others are loaded."""
_TIMEOUT_SECONDS: Final = 60.0

commands = typer.Typer(no_args_is_help=True, help="The directory of establishments.")


@commands.callback()
def directory() -> None:
    """Establishments and professionals, as the national directories list them."""


@commands.command()
def load(
    file: Annotated[str, typer.Argument(help="The extract, unpacked; - for stdin.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Load a FINESS, RPPS or MSSanté extract; to load it again is safe, also after a failure."""
    platform = open_platform()
    total: dict[str, Any] = {"kind": "", "lines": 0, "stated": 0, "changed": 0, "refused": []}
    with _opened(file) as lines:
        for first_line, part in _parts(lines):
            loaded = platform.send(
                "admission",
                f"/v1/directory/extracts?first_line={first_line}",
                part,
                timeout_seconds=_TIMEOUT_SECONDS,
            )
            total["kind"] = loaded["kind"]
            total["refused"] += loaded["refused"]
            for name in ("lines", "stated", "changed"):
                total[name] += loaded[name]
    if as_json:
        typer.echo(json.dumps(total, indent=2))
    else:
        _say(total)
    if total["refused"]:
        raise typer.Exit(REFUSED_LINES)


def _say(total: dict[str, Any]) -> None:
    console, refused = Console(soft_wrap=True, highlight=False), total["refused"]
    for line in refused:
        console.print(f"line {line['line']}: {line['reason']}", markup=False)
    console.print(
        f"{total['kind']}: {total['lines']:,} lines, {total['stated']:,} state something, "
        f"{total['changed']:,} entries changed, {len(refused):,} lines refused"
    )


def _opened(file: str) -> BinaryIO:
    if file == "-":
        return sys.stdin.buffer
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise StackError(f"{file} cannot be read: {error.strerror}") from None


def _parts(lines: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The file's first line with some of its lines, and the number of the first of these, part by part."""
    header = _ended(lines.readline(_LIMIT_BYTES))
    part, size, first_line, number = [header], len(header), 2, 1
    while line := lines.readline(_LIMIT_BYTES):
        number += 1
        if size + len(line) > PART_BYTES:
            yield first_line, b"".join(part)
            part, size, first_line = [header], len(header), number
        part.append(line)
        size += len(line)
    yield first_line, b"".join(part)


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n"
