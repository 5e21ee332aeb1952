"""Checks that every process gets exactly the variables that its settings read."""

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from deploy.compose.composition import SERVICES, Composition
from shared.runtime.environment import IN_A_FILE

_OF_ANY_PROCESS: Final = {
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_TRACES_SAMPLER",
    "OTEL_TRACES_SAMPLER_ARG",
    "RELAIS_BIND_HOST",
    "RELAIS_HEALTH_URL",
}
_OF_A_MIGRATION: Final = {"RELAIS_DATABASE_URL"}
_OF_THE_SINKS: Final = {"sms-gateway": {"RELAIS_SMS_PASSWORD"}}


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
    """Values that the settings refuse, variables that no process reads or `.env.example` does not explain."""
    documented = {
        line.partition("=")[0]
        for line in (composition.project / ".env.example").read_text(encoding="utf-8").splitlines()
        if "=" in line and not line.startswith("#")
    }
    for name in composition.variables ^ documented:
        place = ".env.example" if name in documented else "docker-compose.yml"
        yield f"{name} is only in {place}"
    for container, described in composition.own.items():
        yield from _of_container(container, described.get("environment") or {})


def _of_container(container: str, environment: Mapping[str, str]) -> Iterator[str]:
    service, _, role = container.rpartition("-")
    known = _OF_ANY_PROCESS | _OF_THE_SINKS.get(container, set())
    given = {name.removesuffix(IN_A_FILE) for name in environment}
    if role == "migrate":
        known = _OF_A_MIGRATION
        yield from (f"{container}: {name} is missing" for name in known - given)
    elif service in SERVICES:
        if importlib.util.find_spec(f"services.{service}.settings") is None:
            yield f"{container}: {service} has no settings"
            return
        read, refusal = _read_by_settings(service, environment)
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
