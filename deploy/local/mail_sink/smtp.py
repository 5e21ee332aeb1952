"""Answers SMTP as a mail server would, or as the sink's script says."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

from deploy.local.mail_sink.messages import Arrived, Inbox, read
from deploy.local.mail_sink.rules import MailRule
from deploy.local.simulators.journal import Journal
from deploy.local.simulators.scripted import Script
from shared.runtime.clock import Clock

_MAX_MESSAGE_BYTES = 2_000_000


class Receiving:
    """aiosmtpd calls the `handle_` methods by their names; each gives the reply line."""

    def __init__(
        self, *, inbox: Inbox, script: Script[MailRule], journal: Journal[Arrived], clock: Clock
    ) -> None:
        self._inbox = inbox
        self._script = script
        self._journal = journal
        self._clock = clock
        self._rules: dict[int, MailRule] = {}

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        rule = self._script.take(address) or MailRule()
        if rule.refuse_status is not None and rule.refuse_at == "rcpt":
            return f"{rule.refuse_status} Refused by the script"
        self._rules[id(envelope)] = rule
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        rule = self._rules.pop(id(envelope), MailRule())
        refused = rule.refuse_status is not None
        message = read(
            envelope.content if isinstance(envelope.content, bytes) else b"",
            sender=str(envelope.mail_from),
            to=list(envelope.rcpt_tos),
            received_at=self._clock(),
            state="refused" if refused else "accepted, not answered" if rule.hang else "accepted",
        )
        self._journal.write(message)
        self._inbox.add(message)
        await asyncio.sleep(rule.answer_delay_seconds)
        if rule.hang:
            await asyncio.Event().wait()  # until the caller hangs up, which cancels this
        return f"{rule.refuse_status} Refused by the script" if refused else "250 OK"


@asynccontextmanager
async def receiving(handler: Receiving, listening: socket.socket) -> AsyncIterator[None]:
    """Receives mail on the socket for as long as the block lasts."""
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(handler, data_size_limit=_MAX_MESSAGE_BYTES, hostname="mail-sink", loop=loop)

    server = await loop.create_server(session, sock=listening)
    try:
        yield
    finally:
        server.close()
