"""A rule of the mail sink's script: what it does to the next messages."""

from typing import Literal

import msgspec

from deploy.local.simulators.scripted import Rule


class MailRule(Rule, kw_only=True):
    """Defaults do what a healthy mail server does."""

    refuse_status: int | None = None
    """Such as 451 (later) or 550 (never), instead of accepting."""
    refuse_at: Literal["rcpt", "data"] = "rcpt"
    """`data` refuses after the whole message was received."""
    answer_delay_seconds: float = 0.0
    hang: bool = False
    """Keep the message but never answer DATA: the sender sees a timeout and cannot know."""


class MailScript(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The body of `PUT /script`."""

    rules: list[MailRule]
