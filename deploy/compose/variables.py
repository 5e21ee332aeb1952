"""Checks that every process gets exactly the variables that its settings read."""

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from deploy.compose.composition import SERVICES, Composition
from deploy.compose.secrets import MOUNTED
from shared.runtime.environment import IN_A_FILE
from shared.spine.kafka.settings import BrokerSettings

_OF_ANY_PROCESS: Final = {
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_TRACES_SAMPLER",
    "OTEL_TRACES_SAMPLER_ARG",
    "RELAIS_BIND_HOST",
    "RELAIS_HEALTH_URL",
}
_OF_A_MIGRATION: Final = {"RELAIS_DATABASE_URL"}
_OF_OTHERS: Final = {
    "sms-gateway": {"RELAIS_SMS_PASSWORD"},
    "topics": {field.encode_name for field in msgspec.structs.fields(BrokerSettings)},
}


class _Watched(dict[str, str]):
    """An environment that records which variables are read."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self.looked_for: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.looked_for.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.looked_for.add(name)
        return super().get(name, default)


def check_variables(composition: Composition) -> Iterator[str]:
    """Values that the settings refuse, and variables that no process reads."""
    for container, described in composition.own.items():
        environment = described.get("environment") or {}
        yield from _of_container(container, environment, _read_from_files(environment, composition.secrets))


def _read_from_files(environment: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
    """What a process finds; a file that is no secret stays named, and its settings refuse it."""
    found = dict(environment)
    for name, value in environment.items():
        folder, _, secret = value.rpartition("/")
        if name.endswith(IN_A_FILE) and folder == MOUNTED and secret in secrets:
            if name.removesuffix(IN_A_FILE).endswith("_CA"):
                continue  # the setting is the name of a file itself
            del found[name]
            found[name.removesuffix(IN_A_FILE)] = secrets[secret]
    return found


def _of_container(container: str, environment: Mapping[str, str], values: Mapping[str, str]) -> Iterator[str]:
    service, _, role = container.rpartition("-")
    known = _OF_ANY_PROCESS | _OF_OTHERS.get(container, set())
    given = {name.removesuffix(IN_A_FILE) for name in environment}
    if role == "migrate":
        known = _OF_A_MIGRATION
        yield from (f"{container}: {name} is missing" for name in known - given)
    elif service in SERVICES:
        if importlib.util.find_spec(f"services.{service}.settings") is None:
            yield f"{container}: {service} has no settings"
            return
        read, refusal = _read_by_settings(service, values)
        known = known | read
        if refusal:
            yield f"{container}: {refusal}"
    known = known | {name + IN_A_FILE for name in known - _OF_ANY_PROCESS}
    yield from (f"{container}: nobody reads {name}" for name in sorted(set(environment) - known))


def _read_by_settings(service: str, environment: Mapping[str, str]) -> tuple[set[str], str | None]:
    settings = importlib.import_module(f"services.{service}.settings").Settings
    watched = _Watched(environment)
    refusal = None
    try:
        settings.of(watched)
    except SystemExit as refused:
        refusal = str(refused)
    if issubclass(settings, msgspec.Struct):
        return {field.encode_name for field in msgspec.structs.fields(settings)}, refusal
    return watched.looked_for, refusal
