"""Defines the settings that pathway reads from its environment."""

from datetime import timedelta
from typing import ClassVar

from msgspec.structs import replace

from services.pathway.domain.rules import RULES, Rules
from shared.spine.service.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """The environment of a process of pathway."""

    service: ClassVar[str] = "pathway"

    arrival_grace_seconds: float = RULES.arrival_grace.total_seconds()
    arrival_default_seconds: float = RULES.arrival_default.total_seconds()

    @property
    def rules(self) -> Rules:
        """The rules of expectations, with the durations that are set."""
        return replace(
            RULES,
            arrival_grace=timedelta(seconds=self.arrival_grace_seconds),
            arrival_default=timedelta(seconds=self.arrival_default_seconds),
        )
