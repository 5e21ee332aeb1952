"""Defines the settings that indicators reads from its environment."""

from typing import ClassVar

from shared.spine.service.settings import ServiceSettings


class Settings(ServiceSettings, frozen=True, kw_only=True):
    """The environment of a process of indicators: nothing beyond what every service reads."""

    service: ClassVar[str] = "indicators"
