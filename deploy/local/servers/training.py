"""Makes the archive of Kafka's loaded classes: `python -m deploy.local.servers.training`.

A start with it takes less than half of the processor time; without it everything works the same. It is made
once, from a server that starts and ends, and costs three starts: worth it for whoever runs the tests.
"""

import os
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.ports import free_port
from deploy.local.servers.archive import archive_of
from deploy.local.servers.kafka import JAVA_ENVIRONMENT, KafkaServer, kafka_server, prepare
from deploy.local.supervision.children import start_child, stop_child

READY_WITHIN_SECONDS = 120.0
WRITTEN_WITHIN_SECONDS = 240.0


def ensure_archive() -> None:
    """Make it unless it is there.

    Raises:
        StackError: the server did not start, or wrote none.
    """
    with tempfile.TemporaryDirectory(prefix="relais-kafka-") as folder:
        port = free_port()
        server = kafka_server(Path(folder) / "kafka", port=port, controller_port=free_port(avoid=[port]))
        archive = archive_of(server.class_path)
        if not archive.exists():
            _train(replace(server, account=None), archive)


def _train(server: KafkaServer, archive: Path) -> None:
    prepare(server)
    unfinished = archive.with_suffix(f".{os.getpid()}")
    log = server.data.with_suffix(".log")
    process = start_child(server.training_command(unfinished), log=log, environment=JAVA_ENVIRONMENT)
    try:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not server.is_ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise StackError(f"Kafka did not start: {log.read_text(errors='replace').strip()[-400:]}")
            time.sleep(0.2)
    finally:
        stop_child(process, with_signal=signal.SIGTERM, within_seconds=WRITTEN_WITHIN_SECONDS)
    if not unfinished.exists():
        raise StackError(f"Java wrote no archive: {log.read_text(errors='replace').strip()[-400:]}")
    unfinished.chmod(0o644)
    unfinished.rename(archive)


if __name__ == "__main__":
    try:
        ensure_archive()
    except StackError as error:
        sys.stderr.write(f"Kafka will start without an archive of its classes. {error}\n")
