"""Runs admission and its textbook peer on one PostgreSQL and one Kafka."""

import asyncio
import base64
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from benchmarks.peer.textbook import TOPIC as PEER_TOPIC
from benchmarks.setup.processes import open_api, open_process, wait_until_ready
from benchmarks.setup.servers import Database, open_kafka, open_postgres, scratch_folder
from deploy.local.ports import HOST, free_port
from shared.database.migrations import migrate
from shared.security.principal import new_key
from shared.spine.kafka.topics import PARTITIONS, ensure_topics

FINESS = "750000002"
_CLIENT_SECONDS = 10.0
_MASTER_KEY = base64.b64encode(secrets.token_bytes(32)).decode()
"""Of all processes of admission in one run."""


@dataclass(frozen=True)
class Contestants:
    """The running contestants, their addresses and a key."""

    folder: Path
    database: Database
    ours: str
    key: str
    """API key of a source of the establishment `FINESS`."""
    peer: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers that carry the key."""
        return {"Authorization": f"Bearer {self.key}"}


@contextmanager
def open_contestants() -> Iterator[Contestants]:
    """Start the servers, admission (API and relay) and the peer, and stop everything at the end."""
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder())
        database = stack.enter_context(open_postgres(folder))
        bootstrap = stack.enter_context(open_kafka(folder))
        database.make(["admission", "peer", "bare"])
        migrate("admission", database.url("admission"))
        ours, key = stack.enter_context(open_admission(folder, database, bootstrap))
        asyncio.run(_make_topic(bootstrap, PEER_TOPIC))
        environment = {
            "PEER_DATABASE_URL": database.url("peer").replace("postgresql://", "postgresql+asyncpg://"),
            "PEER_KAFKA_BOOTSTRAP": bootstrap,
        }
        peer = open_api(folder, "benchmarks.peer.textbook:app", ready="/docs", environment=environment)
        yield Contestants(folder, database, ours, key, stack.enter_context(peer))


@contextmanager
def open_admission(
    folder: Path, database: Database, bootstrap: str, *, database_name: str = "admission"
) -> Iterator[tuple[str, str]]:
    """Run admission's API and worker on a migrated database; gives the URL and an intake key."""
    with open_platform(folder, database, bootstrap, database_name=database_name) as (url, operator_key):
        yield url, intake_key(url, operator_key)


@contextmanager
def open_platform(
    folder: Path, database: Database, bootstrap: str, *, database_name: str = "admission"
) -> Iterator[tuple[str, str]]:
    """Run admission's API and worker on a migrated database; gives the URL and the operator's key."""
    operator_key, digest = new_key()
    environment = service_environment(database_name, database, bootstrap) | _of_admission(digest)
    asyncio.run(ensure_topics(bootstrap, ["admission"]))
    with (
        open_process(folder, "services.admission.worker", environment),
        open_api(folder, "services.admission.main:app", ready="/ready", environment=environment) as url,
    ):
        yield url, operator_key


@contextmanager
def open_mllp(
    folder: Path, database: Database, bootstrap: str, url: str, operator_key: str
) -> Iterator[tuple[str, str]]:
    """Run admission's process for MLLP beside its API; gives where it listens, and the key of its source."""
    port, metrics = free_port(), free_port()
    environment = service_environment("admission", database, bootstrap) | _of_admission("")
    environment |= {"RELAIS_MLLP_PORTS": str(port), "RELAIS_METRICS_PORT": str(metrics)}
    headers = {"Authorization": f"Bearer {operator_key}"}
    key, source_id = make_source(url, operator_key)
    with open_process(folder, "services.admission.mllp", environment):
        wait_until_ready(f"http://{HOST}:{metrics}/health")
        with httpx.Client(timeout=_CLIENT_SECONDS, trust_env=False, headers=headers) as client:
            client.put(
                f"{url}/v1/sources/{source_id}/mllp-callers", json={"callers": [HOST]}
            ).raise_for_status()
        yield f"mllp://{HOST}:{port}", key


def _of_admission(bootstrap_key_sha256: str) -> dict[str, str]:
    return {
        "RELAIS_MASTER_KEY": _MASTER_KEY,
        "RELAIS_BOOTSTRAP_KEY_SHA256": bootstrap_key_sha256,
        "RELAIS_PEERS": "",
        "RELAIS_TEST_NUMBERS": "accepted",
    }


def service_environment(database_name: str, database: Database, bootstrap: str) -> dict[str, str]:
    """The environment that every service gets."""
    return {
        "RELAIS_DATABASE_URL": database.url(database_name),
        "RELAIS_KAFKA_BOOTSTRAP": bootstrap,
        "RELAIS_METRICS_PORT": "0",
    }


async def _make_topic(bootstrap: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=PARTITIONS, replication_factor=1)])
    finally:
        await admin.close()


def intake_key(url: str, operator_key: str) -> str:
    """The key of another source of the establishment `FINESS`."""
    return make_source(url, operator_key)[0]


def make_source(url: str, operator_key: str) -> tuple[str, str]:
    """The key and the id of another source of the establishment `FINESS`."""
    with httpx.Client(
        timeout=_CLIENT_SECONDS, transport=httpx.HTTPTransport(retries=3), trust_env=False
    ) as client:
        body = {"name": "benchmark", "establishment": FINESS, "scopes": ["intake"]}
        while True:
            # The worker registers the operator's key; until then every key is unknown.
            answer = client.post(
                f"{url}/v1/sources", json=body, headers={"Authorization": f"Bearer {operator_key}"}
            )
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                answer.raise_for_status()
                made = answer.json()
                return str(made["key"]), str(made["source_id"])
