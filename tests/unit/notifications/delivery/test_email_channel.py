"""An e-mail on the wire, and what each step of SMTP means."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from uuid import UUID

import pytest

from services.notifications.channels.channel import (
    Accepted,
    Message,
    RejectedPermanently,
    RejectedTemporarily,
    SendResult,
    Unknown,
)
from services.notifications.channels.email import EmailChannel

ATTEMPT = UUID("0192f3c4-0000-7000-8000-000000000001")
OBLIGATION = UUID("0192f3c4-0000-7000-8000-000000000002")
MESSAGE = Message(
    obligation_id=OBLIGATION,
    attempt_id=ATTEMPT,
    to="proche@exemple.fr",
    subject="Parcours : information concernant Françoise",
    text="Françoise a quitté l'établissement.\n.\nFin\n",
    html='<p lang="fr">Françoise</p>',
    validity_seconds=3600,
)
HEALTHY = {"EHLO": "250 test", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go", ".": "250 ok"}


class SmtpServer:
    """Answers each command with a scripted line; an empty one hangs up."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = {**HEALTHY, **answers}
        self.commands: list[str] = []
        self.letter = b""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = self._answers.get("HELLO", "220 test")
        while answer:
            writer.write(answer.encode() + b"\r\n")
            if answer.startswith("354"):
                self.letter = await reader.readuntil(b"\r\n.\r\n")
                answer = self._answers["."]
                continue
            line = (await reader.readline()).decode().strip()
            self.commands.append(line)
            answer = self._answers.get(line[:4].upper(), "221 bye") if line else ""
        writer.close()


@asynccontextmanager
async def _running(**answers: str) -> AsyncIterator[tuple[SmtpServer, EmailChannel]]:
    script = SmtpServer({name.replace("END", "."): answer for name, answer in answers.items()})
    server = await asyncio.start_server(script.talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    channel = EmailChannel(
        security="none",
        host="127.0.0.1",
        port=port,
        sender="Parcours <ne-pas-repondre@relais.exemple.fr>",
        clock=lambda: datetime(2026, 11, 23, 14, 5, tzinfo=UTC),
    )
    try:
        yield script, channel
    finally:
        server.close()


async def test_the_letter_is_accessible_traceable_and_says_that_a_machine_wrote_it() -> None:
    async with _running() as (server, channel):
        assert await channel.send(MESSAGE) == Accepted(f"<{OBLIGATION}@relais.exemple.fr>")
    assert server.commands[1:3] == [
        "MAIL FROM:<ne-pas-repondre@relais.exemple.fr>",
        "RCPT TO:<proche@exemple.fr>",
    ]
    assert server.letter.isascii()
    letter = message_from_bytes(
        server.letter.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n."), policy=modern
    )
    assert isinstance(letter, EmailMessage)
    assert letter["Message-ID"] == f"<{OBLIGATION}@relais.exemple.fr>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Subject"] == MESSAGE.subject
    assert letter["Date"].datetime == datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
    assert letter["From"].addresses[0].display_name == "Parcours"
    text, html = letter.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().splitlines() == MESSAGE.text.splitlines()
    assert html.get_content().strip() == MESSAGE.html


@pytest.mark.parametrize(
    ("answers", "bad"),
    [
        ({"RCPT": "550 no such user"}, True),
        ({"RCPT": "550 5.1.1 no such user"}, True),
        ({"RCPT": "550 5.2.1 mailbox disabled"}, True),
        ({"RCPT": "553 no such name"}, True),
        ({"RCPT": "550 5.7.1 blocked by policy"}, False),
        ({"RCPT": "554 5.7.1 blocked by policy"}, False),
        ({"RCPT": "554 refused"}, False),
        ({"RCPT": "550 rejected because 192.0.2.1 is in a black list at zen.spamhaus.org"}, False),
        ({"RCPT": "550 SPF check failed"}, False),
        ({"RCPT": "550 Requested action not taken: mailbox unavailable"}, True),
        ({"END": "554 content refused"}, False),
        ({"END": "550 5.7.26 not authenticated"}, False),
        ({"END": "550 5.1.1 no such user"}, True),
    ],
)
async def test_only_a_mailbox_that_there_is_not_makes_the_contact_bad(
    answers: dict[str, str], *, bad: bool
) -> None:
    async with _running(**answers) as (_, channel):
        result = await channel.send(MESSAGE)
    assert isinstance(result, RejectedPermanently)
    assert result.contact_is_bad is bad


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"HELLO": "421 full"}, RejectedTemporarily),
        ({"HELLO": "554 not you"}, RejectedTemporarily),
        ({"HELLO": ""}, RejectedTemporarily),
        ({"MAIL": "550 sender unknown"}, RejectedTemporarily),
        ({"RCPT": ""}, RejectedTemporarily),
        ({"RCPT": "451 greylisted"}, RejectedTemporarily),
        ({"RCPT": "550 no such user"}, RejectedPermanently),
        ({"RCPT": "552 mailbox full"}, RejectedTemporarily),
        ({"RCPT": "550 5.2.2 over quota"}, RejectedTemporarily),
        ({"DATA": "451 later"}, RejectedTemporarily),
        ({"END": "552 5.2.2 mailbox full"}, RejectedTemporarily),
        ({"END": "452 full"}, RejectedTemporarily),
        ({"END": "554 content refused"}, RejectedPermanently),
        ({"END": ""}, Unknown),
        ({"DATA": ""}, Unknown),
        ({"QUIT": ""}, Accepted),
        ({"QUIT": "500 what"}, Accepted),
    ],
)
async def test_the_step_at_which_it_ended_says_what_became_of_it(
    answers: dict[str, str], expected: type[SendResult]
) -> None:
    async with _running(**answers) as (_, channel):
        assert isinstance(await channel.send(MESSAGE), expected)
