"""Sends e-mails, one SMTP conversation per message; the step at which it ends decides the result."""

import contextlib
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from typing import Final, Literal

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from services.notifications.channels.channel import (
    Accepted,
    Message,
    RejectedPermanently,
    RejectedTemporarily,
    SendResult,
    Unknown,
)
from shared.runtime.clock import Clock

_POLICY = SMTP_POLICY.clone(cte_type="7bit")  # no relay on the way has to speak 8BITMIME
_PERMANENT = range(500, 600)
_QUIT_TIMEOUT_SECONDS = 2.0


class EmailChannel:
    """A mail relay; nobody reports on delivery, so its acceptance is the evidence there is."""

    name: Final[Literal["email"]] = "email"
    gives_delivery_reports: Final = False

    def __init__(
        self,
        *,
        host: str,
        port: int,
        sender: str,
        clock: Clock,
        timeout_seconds: float = 10.0,
        answer_timeout_seconds: float = 20.0,
        starttls: bool | None = None,
        username: str | None = None,
        password: str | None = None,
    ) -> None:
        """`sender` is an address, or `Name <address>`; the answer is the one to the whole message, which
        a server may take its time to inspect.

        `starttls`: none upgrades where the server offers it, true demands it, false never asks.
        """
        self._host = host
        self._port = port
        self._sender = sender
        self._envelope_sender = parseaddr(sender)[1]
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._answer_timeout_seconds = answer_timeout_seconds
        self._starttls = starttls
        self._username = username
        self._password = password

    async def send(self, message: Message) -> SendResult:
        """See `Channel.send`. Only a refused recipient or refused content is permanent."""
        letter = self._letter(message)
        smtp = SMTP(
            hostname=self._host,
            port=self._port,
            timeout=self._timeout_seconds,
            start_tls=self._starttls,
            username=self._username,
            password=self._password,
        )
        try:
            try:
                await smtp.connect()
                await smtp.mail(self._envelope_sender)
                await smtp.rcpt(message.to)
            except SMTPRecipientRefused as error:
                return _refused(error)
            except (SMTPException, OSError) as error:
                return RejectedTemporarily(type(error).__name__)
            return await self._hand_over(smtp, letter)
        finally:
            smtp.close()

    async def _hand_over(self, smtp: SMTP, letter: EmailMessage) -> SendResult:
        try:
            await smtp.data(letter.as_bytes(), timeout=self._answer_timeout_seconds)
        except SMTPResponseException as error:
            return _refused(error)
        except (SMTPTimeoutError, SMTPServerDisconnected, OSError) as error:
            return Unknown(type(error).__name__)
        with contextlib.suppress(SMTPException, OSError):  # taken already: a bad goodbye changes nothing
            await smtp.quit(timeout=_QUIT_TIMEOUT_SECONDS)
        return Accepted(str(letter["Message-ID"]))

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage(policy=_POLICY)
        letter["From"] = self._sender
        letter["To"] = message.to
        letter["Subject"] = message.subject or ""
        letter["Date"] = format_datetime(self._clock())
        letter["Message-ID"] = f"<{message.attempt_id}@{self._envelope_sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter["Content-Language"] = "fr, en"
        letter.set_content(message.text)
        if message.html is not None:
            letter.add_alternative(message.html, subtype="html")
        return letter


def _refused(error: SMTPResponseException) -> SendResult:
    reason = f"status {error.code}"
    return RejectedPermanently(reason) if error.code in _PERMANENT else RejectedTemporarily(reason)
