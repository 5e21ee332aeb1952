"""Are the jars we start exactly those of the committed lock?

jgo only resolves: its own sync accepts a lock with a wrong digest, so every jar is checked here, before each
start.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StackError

RESOLVE_SECONDS = 600
TAIL_CHARACTERS = 300


@dataclass(frozen=True)
class LockedJar:
    """One jar as the lock names it."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def path(self) -> Path:
        """Where a Maven repository keeps it."""
        ending = f"-{self.classifier}" if self.classifier else ""
        folder = Path(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}{ending}.jar"


def read_lock(lock: Path) -> tuple[LockedJar, ...]:
    """The jars of a jgo.lock.toml, in class path order."""
    found = tomllib.loads(lock.read_text())["dependencies"]
    return tuple(
        LockedJar(d["groupId"], d["artifactId"], d["version"], d.get("classifier", ""), d["sha256"])
        for d in found
        if d["packaging"] == "jar"
    )


def unfit(jars: Iterable[LockedJar], repository: Path) -> list[LockedJar]:
    """Those that are absent from the repository or are not what the lock says."""
    return [jar for jar in jars if _digest(repository / jar.path) != jar.sha256]


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def checked_jars(spec: Path, repository: Path) -> list[Path]:
    """The class path of the folder with jgo.toml and its lock; fetched once, checked at every call."""
    jars = read_lock(spec / "jgo.lock.toml")
    repository.mkdir(parents=True, exist_ok=True)
    with _alone(repository):
        wrong = unfit(jars, repository)
        if wrong:
            for jar in wrong:
                (repository / jar.path).unlink(missing_ok=True)
            _resolve(spec, repository)
            _refuse(unfit(jars, repository), repository)
    return [repository / jar.path for jar in jars]


@contextmanager
def _alone(repository: Path) -> Iterator[None]:
    with (repository / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _resolve(spec: Path, repository: Path) -> None:
    # In a copy: resolving writes a lock of its own, and the committed one must stay as it is.
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(spec / "jgo.toml", folder)
        options = ["--ignore-config", "--resolver", "python", "--color", "never", "--timeout", "60"]
        command = [sys.executable, "-m", "jgo", *options, "--repo-cache", str(repository), "lock"]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=RESOLVE_SECONDS
        )
    if done.returncode != 0:
        reason = " ".join((done.stderr or done.stdout).split())[-TAIL_CHARACTERS:]
        raise StackError(
            f"{spec.name}: the jars could not be fetched from Maven Central (no network?): {reason}"
        )


def _refuse(wrong: Sequence[LockedJar], repository: Path) -> None:
    if wrong:
        jar = wrong[0]
        raise StackError(
            f"{jar.path.name} is not what the lock says (sha256 {_digest(repository / jar.path)}, expected "
            f"{jar.sha256}), {len(wrong)} in all: nothing was started"
        )
