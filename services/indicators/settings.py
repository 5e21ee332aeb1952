"""What does indicators take from its environment? Read once, complete or not at all."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

_REQUIRED = ("RELAIS_DATABASE_URL", "RELAIS_KAFKA_BOOTSTRAP")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The environment of a process of indicators."""

    database_url: str
    kafka_bootstrap: str
    metrics_port: int = 0
    """Of the worker; 0 is any free one."""

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read them; ends the process with one message that names all that is missing or wrong."""
        wrong = [f"{name} is not set" for name in _REQUIRED if not environment.get(name)]
        port = environment.get("RELAIS_METRICS_PORT") or "0"
        if not port.isdecimal():
            wrong.append("RELAIS_METRICS_PORT is not a port number")
        if wrong:
            raise SystemExit(f"indicators cannot start: {', '.join(wrong)}")
        return cls(
            database_url=environment["RELAIS_DATABASE_URL"],
            kafka_bootstrap=environment["RELAIS_KAFKA_BOOTSTRAP"],
            metrics_port=int(port),
        )
