"""Which real services may a test ask for: PostgreSQL and Kafka, started lazily, gone with the test run."""

import gc
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples

from deploy.local.ports import free_port
from deploy.local.servers.kafka import kafka_server, prepare
from deploy.local.servers.postgres import initialise, postgres_server
from deploy.local.servers.running import RunningServer
from tests.databases import SUPERUSER_PASSWORD, TestDatabases

# A slow machine is no failure: no test is judged by its time. The same examples every time, so that what was
# green stays green; `make explore` looks for new ones.
_PATIENT = examples(deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.register_profile("relais", _PATIENT, derandomize=True, max_examples=50)
examples.register_profile("explore", _PATIENT, max_examples=1000)
# For coverage: tests/run.py.
examples.register_profile("measured", _PATIENT, derandomize=True, max_examples=10)
examples.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "relais"))


# Imports make what lives until the end, and next to no garbage.
gc.disable()


def pytest_collection_finish() -> None:
    """What was imported lives until the end: the cycle collector never looks at it."""
    if sys.version_info < (3, 14):  # from there on Hypothesis asks the collector who holds its random numbers
        gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """What is left is looked through once; pytest and the end of the process would do it again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A folder that an account without rights can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="relais-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _unused_name(folder: Path, prefix: str) -> str:
    name = Path(tempfile.mkdtemp(prefix=prefix, dir=folder)).name
    (folder / name).rmdir()
    return name


# The tests' databases live for a test, and a cut of power is no part of any: without the sync of its files a
# DROP DATABASE takes milliseconds instead of a checkpoint on a disk. Nobody guesses their passwords either: a
# connection costs both sides a hash, not 4,096.
_SHORT_LIVED = "autovacuum = off\nfsync = off\nfull_page_writes = off\nscram_iterations = 1\n"


def _initialised_postgres(folder: Path, name: str, *, settings: str = "") -> RunningServer:
    server = postgres_server(folder / name, port=free_port())
    initialise(server, superuser_password=SUPERUSER_PASSWORD, durable=False)
    with (server.data / "postgresql.auto.conf").open("a") as automatic:
        automatic.write(settings)
    return RunningServer(server, log=folder / f"{name}.log", stop_signal=signal.SIGINT)


@pytest.fixture(scope="session")
def postgres(server_folder: Path) -> Iterator[RunningServer]:
    """The run's PostgreSQL, real in everything but the sync of its files."""
    running = _initialised_postgres(server_folder, "postgres", settings=_SHORT_LIVED)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def fresh_postgres(server_folder: Path) -> Iterator[RunningServer]:
    """A PostgreSQL of the test's own, with the settings of the product, to kill and start again."""
    name = _unused_name(server_folder, "postgres-")
    running = _initialised_postgres(server_folder, name)
    running.start()
    yield running
    running.kill()
    shutil.rmtree(server_folder / name, ignore_errors=True)


@pytest.fixture(scope="session")
def _databases(postgres: RunningServer) -> Iterator[TestDatabases]:
    databases = TestDatabases(postgres.server.port)
    yield databases
    databases.close()


@pytest.fixture
def create_database(_databases: TestDatabases) -> Iterator[Callable[..., str]]:
    """Call it, plainly, also in async tests: `create_database("pathway")` gives a database's address.

    Each call gives a migrated database of its own, gone after the test; without a service it is empty.
    """
    names: list[str] = []
    yield lambda service=None: _databases.create(service, names)
    _databases.give_back(names)


def _running_kafka(folder: Path, name: str) -> RunningServer:
    port = free_port()
    controller_port = free_port(avoid=[port])
    server = kafka_server(folder / name, port=port, controller_port=controller_port, short_lived=True)
    prepare(server)
    running = RunningServer(server, log=folder / f"{name}.log", stop_signal=signal.SIGTERM)
    running.start()
    return running


@pytest.fixture(scope="session")
def kafka(server_folder: Path) -> Iterator[RunningServer]:
    """The run's broker, shared: other tests' records are in its topics too. Do not stop it."""
    running = _running_kafka(server_folder, "kafka")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def kafka_bootstrap(kafka: RunningServer) -> str:
    """Where the shared broker listens."""
    return f"127.0.0.1:{kafka.server.port}"


@pytest.fixture
def fresh_kafka(server_folder: Path) -> Iterator[RunningServer]:
    """A broker of the test's own, to kill, stop and start again; takes about ten seconds."""
    name = _unused_name(server_folder, "kafka-")
    running = _running_kafka(server_folder, name)
    yield running
    running.kill()
    shutil.rmtree(server_folder / name, ignore_errors=True)
