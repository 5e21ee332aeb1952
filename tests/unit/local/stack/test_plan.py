"""The plan of the local stack is complete and in order."""

from pathlib import Path

import pytest

from deploy.local.stack.addresses import USUAL_PORTS, Addresses
from deploy.local.stack.credentials import ensure_credentials
from deploy.local.stack.parts import Part, Plan, levels
from deploy.local.stack.plan import stack_plan

SERVICES = ("admission", "pathway", "notifications", "indicators")


def _plan(folder: Path, *, traces: bool = False) -> Plan:
    credentials, _ = ensure_credentials(folder)
    addresses = Addresses(ports=USUAL_PORTS, notes={})
    return stack_plan(addresses, credentials, data=folder, logs=folder, traces=traces)


@pytest.mark.parametrize("traces", [False, True])
def test_everything_comes_after_what_it_needs(tmp_path: Path, traces: bool) -> None:
    heights = levels(_plan(tmp_path, traces=traces))
    assert all(
        heights[f"{service}-{process}"] > heights["topics"] > heights["kafka"]
        for service in SERVICES
        for process in ("api", "worker")
    )
    assert heights["migrate admission"] > heights["databases"] > heights["postgresql"]


def test_each_service_has_an_api_and_a_worker_with_a_database_of_its_own(tmp_path: Path) -> None:
    parts = {part.name: part for part in _plan(tmp_path) if isinstance(part, Part)}
    databases = set()
    for service in SERVICES:
        api, worker = parts[f"{service}-api"], parts[f"{service}-worker"]
        assert api.environment["RELAIS_DATABASE_URL"] == worker.environment["RELAIS_DATABASE_URL"]
        assert f"services.{service}.main:app" in api.command()
        assert f"services.{service}.worker" in worker.command()
        databases.add(api.environment["RELAIS_DATABASE_URL"].rpartition("/")[2])
    assert databases == set(SERVICES)


def test_admission_has_a_process_for_mllp_on_a_port_of_its_own(tmp_path: Path) -> None:
    parts = {part.name: part for part in _plan(tmp_path) if isinstance(part, Part)}
    mllp = parts["admission-mllp"]
    assert (mllp.url, "services.admission.mllp" in mllp.command()) == ("mllp://127.0.0.1:2575", True)
    assert mllp.port == int(mllp.environment["RELAIS_MLLP_PORTS"]) == USUAL_PORTS["admission-mllp"]
    assert int(mllp.environment["RELAIS_METRICS_PORT"]) == USUAL_PORTS["admission-mllp-metrics"]
    assert "migrate admission" in mllp.after


def test_each_service_uses_the_broker_under_its_own_name(tmp_path: Path) -> None:
    parts = {part.name: part for part in _plan(tmp_path) if isinstance(part, Part)}
    credentials, _ = ensure_credentials(tmp_path)
    for service in SERVICES:
        environment = parts[f"{service}-worker"].environment
        assert environment["RELAIS_KAFKA_USER"] == service
        assert environment["RELAIS_KAFKA_PASSWORD"] == credentials.kafka_passwords[service]
    assert len(set(credentials.kafka_passwords.values())) == len(SERVICES) + 2


def test_no_secret_is_on_a_command_line(tmp_path: Path) -> None:
    credentials, _ = ensure_credentials(tmp_path)
    secrets = {credentials.superuser_password, credentials.sms_password, *credentials.master_keys.values()}
    secrets.add(credentials.grant_signing_key)
    secrets |= {*credentials.database_passwords.values(), *credentials.kafka_passwords.values()}
    parts = [part for part in _plan(tmp_path) if isinstance(part, Part) and part.name != "kafka"]
    assert not any(secret in word for part in parts for word in part.command() for secret in secrets)


def test_traces_add_zipkin_and_record_everything(tmp_path: Path) -> None:
    parts = {part.name: part for part in _plan(tmp_path, traces=True) if isinstance(part, Part)}
    environment = parts["pathway-worker"].environment
    assert environment["OTEL_EXPORTER_ZIPKIN_ENDPOINT"] == "http://127.0.0.1:9411/api/v2/spans"
    assert environment["OTEL_TRACES_SAMPLER"] == "always_on"
    without = {part.name: part for part in _plan(tmp_path) if isinstance(part, Part)}
    assert "zipkin" not in without
    assert not any(name.startswith("OTEL") for name in without["pathway-worker"].environment)
