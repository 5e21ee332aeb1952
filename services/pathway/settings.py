"""What does pathway take from its environment? Read once, complete or not at all."""

import os
from collections.abc import Mapping
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from services.pathway.domain.rules import RULES, Rules
from shared import environment as process_environment


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename=process_environment.variable):
    """The environment of a process of pathway; each field is the variable `RELAIS_<FIELD>`."""

    database_url: str
    kafka_bootstrap: str
    metrics_port: int = 0
    """Of the worker; 0 is any free one."""
    arrival_grace_seconds: float = RULES.arrival_grace.total_seconds()
    arrival_default_seconds: float = RULES.arrival_default.total_seconds()

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read them; ends the process with one message that names all that is missing."""
        return process_environment.read(cls, "pathway", environment)

    @property
    def rules(self) -> Rules:
        return replace(
            RULES,
            arrival_grace=timedelta(seconds=self.arrival_grace_seconds),
            arrival_default=timedelta(seconds=self.arrival_default_seconds),
        )
