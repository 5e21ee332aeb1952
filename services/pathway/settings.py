"""What does the environment say? Read once, at the start of a process, into a frozen value."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from services.pathway.domain.rules import RULES, Rules

_PREFIX = "RELAIS_"


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename=lambda name: _PREFIX + name.upper()):
    """Pathway's settings; each is the environment variable of its name with `RELAIS_` before it."""

    database_url: str
    kafka_bootstrap: str
    metrics_port: int = 0
    arrival_grace_seconds: float = RULES.arrival_grace.total_seconds()
    arrival_default_seconds: float = RULES.arrival_default.total_seconds()

    @property
    def rules(self) -> Rules:
        return replace(
            RULES,
            arrival_grace=timedelta(seconds=self.arrival_grace_seconds),
            arrival_default=timedelta(seconds=self.arrival_default_seconds),
        )


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises `SystemExit` with one message that names every variable that is missing or wrong."""
    given = {name: value for name, value in environment.items() if value}
    fields = msgspec.structs.fields(Settings)
    missing = [field.encode_name for field in fields if field.required and field.encode_name not in given]
    if missing:
        raise SystemExit(f"missing in the environment: {', '.join(missing)}")
    try:
        return msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SystemExit(f"wrong in the environment: {error}") from None
