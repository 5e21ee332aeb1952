"""Where do the contestants meet? On one PostgreSQL and one Kafka of their own, synced as in production."""

import asyncio
import base64
import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from benchmarks.textbook import TOPIC as PEER_TOPIC
from deploy.local.children import start_child, stop_child
from deploy.local.databases import database_url, ensure_databases
from deploy.local.kafka import kafka_server, prepare
from deploy.local.places import PROJECT
from deploy.local.ports import HOST, free_port
from deploy.local.postgres import initialise, postgres_server
from deploy.local.running import RunningServer
from shared.db.migrations import migrate
from shared.kafka.topics import PARTITIONS, ensure_topics
from shared.security.keys import new_key

_PASSWORD = "benchmark"  # noqa: S105 - a server of this run only, on the loopback address
_READY_SECONDS = 60.0


@dataclass(frozen=True)
class Arena:
    """The running contestants."""

    folder: Path
    database: str
    ours: str
    operator_key: str
    peer: str


@contextmanager
def open_arena() -> Iterator[Arena]:
    """Start the servers, admission (API and relay) and the peer; stop everything at the end."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="relais-bench-", dir=os.environ.get("RELAIS_BENCH_FOLDER")))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o711)
        port = free_port()
        postgres = postgres_server(folder / "postgres", port=port)
        initialise(postgres, superuser_password=_PASSWORD)
        _run(stack, RunningServer(postgres, log=folder / "postgres.log", stop_signal=signal.SIGINT))
        kafka = kafka_server(folder / "kafka", port=free_port(), controller_port=free_port())
        prepare(kafka)
        _run(stack, RunningServer(kafka, log=folder / "kafka.log", stop_signal=signal.SIGTERM))
        bootstrap = f"{HOST}:{kafka.port}"
        names = ("admission", "peer", "bare")
        asyncio.run(
            ensure_databases(
                superuser_password=_PASSWORD, port=port, passwords=dict.fromkeys(names, _PASSWORD)
            )
        )
        urls = {name: database_url(role=name, password=_PASSWORD, port=port, database=name) for name in names}
        migrate("admission", urls["admission"])
        asyncio.run(ensure_topics(bootstrap, ["admission"]))
        key, digest = new_key()
        ours = _start_admission(stack, folder, urls["admission"], bootstrap, digest)
        asyncio.run(_make_topic(bootstrap, PEER_TOPIC))
        peer = _start_peer(stack, folder, urls["peer"], bootstrap)
        yield Arena(folder, urls["bare"], ours, key, peer)


async def _make_topic(bootstrap: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=PARTITIONS, replication_factor=1)])
    finally:
        await admin.close()


def _run(stack: ExitStack, server: RunningServer) -> None:
    server.start()
    stack.callback(server.stop)


def _start_admission(stack: ExitStack, folder: Path, database: str, bootstrap: str, digest: str) -> str:
    environment = {
        "RELAIS_DATABASE_URL": database,
        "RELAIS_KAFKA_BOOTSTRAP": bootstrap,
        "RELAIS_MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "RELAIS_BOOTSTRAP_KEY_SHA256": digest,
        "RELAIS_METRICS_PORT": "0",
        "RELAIS_PEERS": "",
    }
    _start(stack, folder, "worker", ["-m", "services.admission.worker"], environment)
    return _start_api(stack, folder, "services.admission.main:app", "/ready", environment)


def _start_peer(stack: ExitStack, folder: Path, database: str, bootstrap: str) -> str:
    environment = {
        "PEER_DATABASE_URL": database.replace("postgresql://", "postgresql+asyncpg://"),
        "PEER_KAFKA_BOOTSTRAP": bootstrap,
    }
    return _start_api(stack, folder, "benchmarks.textbook:app", "/docs", environment)


def _start_api(stack: ExitStack, folder: Path, app: str, ready: str, environment: Mapping[str, str]) -> str:
    port = free_port()
    arguments = ["-m", "uvicorn", app, "--host", HOST, "--port", str(port), "--no-access-log"]
    _start(stack, folder, app.split(".")[1], arguments, environment)
    url = f"http://{HOST}:{port}"
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url + ready, timeout=5):  # noqa: S310 - our own address
                return url
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _start(
    stack: ExitStack, folder: Path, name: str, arguments: list[str], environment: Mapping[str, str]
) -> None:
    process = start_child(
        [sys.executable, *arguments],
        log=folder / f"{name}.log",
        environment={**os.environ, **environment, "PYTHONPATH": str(PROJECT)},
    )
    stack.callback(stop_child, process)
