"""What does indicators take from its environment? Read once, complete or not at all."""

import os
from collections.abc import Mapping

import msgspec

from shared import environment as process_environment


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename=process_environment.variable):
    """The environment of a process of indicators; each field is the variable `RELAIS_<FIELD>`."""

    database_url: str
    kafka_bootstrap: str
    metrics_port: int = 0
    """Of the worker; 0 is any free one."""

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read them; ends the process with one message that names all that is missing, or what is wrong."""
        return process_environment.read(cls, "indicators", environment)
