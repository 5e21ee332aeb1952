"""Every `relais` command in the documents exists, with its options, and is written in the one way."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from deploy.local.cli import app
from deploy.local.places import PROJECT

PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^ *```sh[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`(relais [^`]+)`")
PATH_LINE = 'export PATH="$PWD/.venv/bin:$PATH"'
SAYS_HOW = ("README.md", "docs/operating.md")
ROOT: Any = typer.main.get_command(app)


def _commands(page: Path) -> Iterator[str]:
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            match = re.search(r"\brelais [^|#;)]+", line)
            if match is not None:
                yield match[0]
    yield from SPAN.findall(text)


COMMANDS = sorted(
    {(page.relative_to(PROJECT).as_posix(), each) for page in PAGES for each in _commands(page)}
)


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)[1:]
    except ValueError:
        # The body of a request goes on in the next lines.
        return shlex.split(command.partition(" -d ")[0])[1:]


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_a_documented_command_exists(page: str, command: str) -> None:
    found = ROOT
    words = _words(command)
    while words and hasattr(found, "commands") and not words[0].startswith("-"):
        name = words.pop(0)
        assert name in found.commands, f"{page}: {command}"
        found = found.commands[name]
    known = {option for each in found.params for option in (*each.opts, *each.secondary_opts)} | {"--help"}
    options = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert options <= known, f"{page}: {command}"


def test_every_kind_of_page_was_read() -> None:
    pages = {page for page, _ in COMMANDS}
    assert {"README.md", "docs/operating.md", "docs/runbooks/parked-events.md"} <= pages
    assert len(COMMANDS) > 40


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_command_is_written_in_one_way(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if page.relative_to(PROJECT).as_posix() in SAYS_HOW:
        assert PATH_LINE in text
        text = text.replace("at `.venv/bin/relais`", "")
    assert ".venv/bin/relais" not in text
    assert ".venv/bin/httpx" not in text


@pytest.mark.parametrize("page", SAYS_HOW)
def test_a_block_can_be_pasted_into_any_shell(page: str) -> None:
    # A zsh that is typed into takes a comment for arguments.
    blocks = BLOCK.findall((PROJECT / page).read_text(encoding="utf-8"))
    assert [line for block in blocks for line in block.splitlines() if re.search(r"(^|\s)#", line)] == []
