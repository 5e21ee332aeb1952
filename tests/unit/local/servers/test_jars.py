"""Nothing is started but the very jars of the committed lock."""

import hashlib
from pathlib import Path

import pytest

from deploy.local.errors import StackError
from deploy.local.places import SPECIFICATIONS
from deploy.local.servers import jars
from deploy.local.servers.jars import checked_jars, read_lock, unfit

CONTENT = b"a jar"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A lock with one jar."""
    lock = f"""
[[dependencies]]
groupId = "org.example"
artifactId = "thing"
version = "1.0"
packaging = "jar"
classifier = "exec"
sha256 = "{hashlib.sha256(CONTENT).hexdigest()}"
"""
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "jgo.lock.toml").write_text(lock)
    return tmp_path / "spec"


@pytest.fixture
def jar(tmp_path: Path) -> Path:
    """Where the repository keeps it."""
    path = tmp_path / "repository/org/example/thing/1.0/thing-1.0-exec.jar"
    path.parent.mkdir(parents=True)
    return path


def _serving(content: bytes) -> jars.Fetch:
    def fetch(jar: jars.LockedJar, repository: Path) -> None:
        (repository / jar.path).write_bytes(content)

    return fetch


def test_a_jar_that_is_as_locked_is_not_fetched_again(spec: Path, jar: Path, tmp_path: Path) -> None:
    jar.write_bytes(CONTENT)
    assert checked_jars(spec, tmp_path / "repository", fetch=_serving(b"other content")) == [jar]


@pytest.mark.parametrize("present", [None, b"half a j"])
def test_an_absent_or_damaged_jar_is_fetched(
    spec: Path, jar: Path, tmp_path: Path, present: bytes | None
) -> None:
    if present is not None:
        jar.write_bytes(present)
    fetched = checked_jars(spec, tmp_path / "repository", fetch=_serving(CONTENT))
    assert fetched[0].read_bytes() == CONTENT


def test_a_fetched_jar_with_another_digest_is_refused(spec: Path, jar: Path, tmp_path: Path) -> None:
    with pytest.raises(
        StackError, match=r"thing-1.0-exec.jar is not what the lock says .* nothing was started"
    ):
        checked_jars(spec, tmp_path / "repository", fetch=_serving(b"not what was locked"))


def test_a_changed_digest_in_the_lock_is_noticed(spec: Path, jar: Path, tmp_path: Path) -> None:
    jar.write_bytes(CONTENT)
    lock = spec / "jgo.lock.toml"
    lock.write_text(lock.read_text().replace('sha256 = "', 'sha256 = "0'))
    assert [each.path.name for each in unfit(read_lock(lock), tmp_path / "repository")] == [jar.name]


def test_every_kafka_jar_is_of_the_one_version() -> None:
    locked = read_lock(SPECIFICATIONS / "kafka" / "jgo.lock.toml")
    versions = {jar.artifact: jar.version for jar in locked if jar.artifact.startswith("kafka")}
    assert len(versions) > 10
    assert {"kafka_2.13", "kafka-clients"} <= set(versions)
    assert set(versions.values()) == {"4.3.1"}


def test_only_one_logger_is_locked() -> None:
    locked = {jar.artifact for jar in read_lock(SPECIFICATIONS / "kafka" / "jgo.lock.toml")}
    assert {name for name in locked if "slf4j" in name} == {"slf4j-api", "slf4j-simple"}
