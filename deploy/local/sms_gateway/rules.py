"""A rule of the SMS gateway's script: what it does to the next messages."""

from typing import Literal

import msgspec

from deploy.local.simulators.scripted import Rule

Fate = Literal["delivered", "failed", "buffered", "rejected", "lost"]


class SmsRule(Rule, kw_only=True):
    """Defaults do what a healthy gateway does."""

    refuse_status: int | None = None
    """Answer this instead of accepting: 400 bad number, 403 not routable, 503 come back later."""
    answer_delay_seconds: float = 0.0
    hang: bool = False
    """Accept, report, but never answer: the sender sees a timeout and cannot know."""
    report: Fate = "delivered"
    """`buffered` is delivered after a while; `lost` is delivered but never reported."""
    report_delay_seconds: float | None = None
    """None is the gateway's own delay."""
    report_copies: int = 1


class SmsScript(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The body of `PUT /script`."""

    rules: list[SmsRule]
