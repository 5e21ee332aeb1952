"""Defines the settings that pathway reads from its environment."""

from datetime import timedelta
from typing import ClassVar

from msgspec.structs import replace

from services.pathway.domain.rules import RULES, Rules
from shared.spine.service.verifying import VerifyingSettings


class Settings(VerifyingSettings, frozen=True, kw_only=True):
    """The environment of a process of pathway."""

    service: ClassVar[str] = "pathway"

    arrival_grace_seconds: float = RULES.arrival_grace.total_seconds()
    arrival_default_seconds: float = RULES.arrival_default.total_seconds()
    early_arrival_seconds: float = RULES.early_arrival.total_seconds()
    feed_grace_seconds: float = RULES.feed_grace.total_seconds()
    feed_settling_seconds: float = RULES.feed_settling.total_seconds()

    @property
    def rules(self) -> Rules:
        """The rules of expectations, with the durations that are set."""
        return replace(
            RULES,
            arrival_grace=timedelta(seconds=self.arrival_grace_seconds),
            arrival_default=timedelta(seconds=self.arrival_default_seconds),
            early_arrival=timedelta(seconds=self.early_arrival_seconds),
            feed_grace=timedelta(seconds=self.feed_grace_seconds),
            feed_settling=timedelta(seconds=self.feed_settling_seconds),
        )
