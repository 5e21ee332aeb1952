"""Rules for what a simulator does to the next messages, by pattern of recipient and number of times."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Generic, TypeVar

import msgspec


class Rule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """When a rule applies; the simulators add what it does."""

    to: str = "*"
    """Shell pattern of the recipient, such as `+3363998*`."""
    times: int | None = None
    """The number of messages to which it still applies; `None`: to all."""


R = TypeVar("R", bound=Rule)


class Script(Generic[R]):
    """The rules in force; the first that matches is used."""

    def __init__(self) -> None:
        self.rules: list[R] = []

    def replace(self, rules: Sequence[R]) -> None:
        self.rules = list(rules)

    def take(self, to: str) -> R | None:
        """The rule for a message to this recipient, used once more by this call."""
        for rule in self.rules:
            if rule.times != 0 and fnmatchcase(to, rule.to):
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None
