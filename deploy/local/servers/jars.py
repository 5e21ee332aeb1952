"""Checks that the jars we start are exactly those of the committed lock.

jgo only resolves and fetches: its own sync accepts a lock with a wrong digest, so every jar is checked here,
before each start.
"""

import errno
import fcntl
import hashlib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StackError

FETCH_TIMEOUT_SECONDS = 60
Fetched = Callable[[int, int], None]


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


Fetch = Callable[[LockedJar, Path], None]
"""Brings one jar into a repository, checked or not."""


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


def fetch_jar(jar: LockedJar, repository: Path) -> None:
    """Fetch one jar into the repository; StackError says why it could not be."""
    from jgo.maven import MavenContext  # noqa: PLC0415 - slow to load, needed once per machine

    context = MavenContext(repo_cache=repository, timeout=FETCH_TIMEOUT_SECONDS)
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        component.artifact(jar.classifier).resolve()
    except (OSError, RuntimeError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise StackError(f"the disk is full: {jar.path.name} could not be stored") from error
        raise StackError(
            f"{jar.path.name} could not be fetched from Maven Central (repo.maven.apache.org): no network? "
            f"({type(error).__name__})"
        ) from error


def checked_jars(
    spec: Path, repository: Path, *, fetched: Fetched | None = None, fetch: Fetch = fetch_jar
) -> list[Path]:
    """The class path of the folder with jgo.toml and its lock; fetched once, checked at every call."""
    jars = read_lock(spec / "jgo.lock.toml")
    repository.mkdir(parents=True, exist_ok=True)
    with _alone(repository):
        wanted = unfit(jars, repository)
        for done, jar in enumerate(wanted):
            if fetched is not None:
                fetched(done, len(wanted))
            (repository / jar.path).unlink(missing_ok=True)
            fetch(jar, repository)
        _refuse(unfit(wanted, repository), repository)
    return [repository / jar.path for jar in jars]


@contextmanager
def _alone(repository: Path) -> Iterator[None]:
    with (repository / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _refuse(wrong: Sequence[LockedJar], repository: Path) -> None:
    if wrong:
        jar = wrong[0]
        raise StackError(
            f"{jar.path.name} is not what the lock says (sha256 {_digest(repository / jar.path)}, expected "
            f"{jar.sha256}), {len(wrong)} in all: nothing was started"
        )
