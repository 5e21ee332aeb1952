"""Defines the settings that indicators reads from its environment."""

from typing import ClassVar

from shared.spine.service.verifying import VerifyingSettings


class Settings(VerifyingSettings, frozen=True, kw_only=True):
    """The environment of a process of indicators: nothing beyond what whoever obeys an erasure reads."""

    service: ClassVar[str] = "indicators"
