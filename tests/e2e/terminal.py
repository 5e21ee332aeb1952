"""A bash in which blocks of a document are pasted, and how their answers are read."""

import json
import re
import subprocess
import uuid
from collections.abc import Mapping
from typing import Any

from deploy.local.places import PROJECT
from tests.outside_make import outside_make

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Terminal:
    """A bash in the clone: what is pasted into it, and what it answers."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],  # noqa: S607
            cwd=PROJECT,
            # A locale that says nothing of accents.
            env=outside_make(**environment, NO_COLOR="1", COLUMNS="80", LC_ALL="C"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def paste(self, block: str) -> str:
        """Run the block to its end; what it showed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        end = f"end-{uuid.uuid4()}"
        self._process.stdin.write(f"{block}\necho {end}\n")
        self._process.stdin.flush()
        shown: list[str] = []
        for line in self._process.stdout:
            if line.strip() == end:
                break
            shown.append(line)
        return "".join(shown)

    def close(self) -> None:
        """Leave the shell."""
        # Closes its input, which ends the shell, and waits for it.
        self._process.__exit__(None, None, None)


def statuses(shown: str) -> list[int]:
    """The status of each answer that was shown."""
    return [int(status) for status in re.findall(r"^(\d{3}) [A-Z]", shown, re.MULTILINE)]


def document(shown: str) -> Any:
    """The last JSON document that was shown."""
    start = [found.start() for found in re.finditer(r"^[\[{]", shown, re.MULTILINE)][-1]
    return json.JSONDecoder().raw_decode(shown[start:])[0]
