"""One running platform for all tests of this folder, and two establishments on it."""

from collections.abc import Iterator

import httpx
import pytest

from shared.testing.otlp_sink import OtlpSink, running_sink
from tests.e2e.establishment import Establishment, Services, register
from tests.e2e.running import RunningPlatform, running_platform

HOSPITAL_FINESS = "750000002"
NURSING_HOME_FINESS = "940000045"


@pytest.fixture(scope="session")
def sink() -> Iterator[OtlpSink]:
    """Where the platform's spans go."""
    with running_sink() as sink:
        yield sink


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory, sink: OtlpSink) -> Iterator[RunningPlatform]:
    """The platform, started once: it records every trace, waits little for carriers that a kill cut off."""
    with running_platform(
        tmp_path_factory.mktemp("relais"),
        RELAIS_WAIT_FACTOR="0.1",
        RELAIS_INVITATIONS="false",  # the tour answers them
        OTEL_EXPORTER_OTLP_ENDPOINT=sink.endpoint,
        OTEL_TRACES_SAMPLER="always_on",
    ) as platform:
        yield platform


@pytest.fixture(scope="session")
def services(platform: RunningPlatform) -> Services:
    """Where its APIs are."""
    return Services.of(platform)


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """A client with a limit on every wait."""
    with httpx.Client(timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def hospital(platform: RunningPlatform, services: Services, client: httpx.Client) -> Establishment:
    """A hospital."""
    return register(platform, services, client, HOSPITAL_FINESS)


@pytest.fixture(scope="session")
def nursing_home(platform: RunningPlatform, services: Services, client: httpx.Client) -> Establishment:
    """A nursing home."""
    return register(platform, services, client, NURSING_HOME_FINESS)


@pytest.fixture(scope="session")
def stranger(platform: RunningPlatform, services: Services, client: httpx.Client) -> Establishment:
    """An establishment that has a stay with nobody of these tests."""
    return register(platform, services, client, "780000055")
