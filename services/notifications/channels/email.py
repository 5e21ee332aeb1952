"""Sends e-mails, one SMTP conversation per message; the step at which it ends decides the result."""

import contextlib
import re
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr
from ssl import SSLContext
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
_PERMANENT: Final = range(500, 600)
_FULL: Final = 552
_NO_SUCH_MAILBOX: Final = frozenset({521, 550, 551, 553, 556})
_ENHANCED: Final = re.compile(r"[45]\.(\d{1,3})\.(\d{1,3})\b")
"""RFC 3463: the second number says whether it is the address (1), the mailbox (2) or a policy (7)."""
_NOT_THE_MAILBOX: Final = (
    *("spam", "spf", "dkim", "dmarc", "policy", "reputation", "rbl", "listed", "black list", "block"),
    *("denied", "relay", "sender", "client", "helo", "host", "authent", "rate"),
)
"""Words of a refusal without an enhanced code that is about us or our message, in lower case."""
_MAILBOX_FULL: Final = ("2", "2")
_MAILBOX_DISABLED: Final = ("2", "1")
_ADDRESS: Final = "1"
_QUIT_TIMEOUT_SECONDS = 2.0

SmtpSecurity = Literal["starttls", "tls", "none"]
"""How the wire to the server is encrypted: after its first words, from the first byte, or not at all."""


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
        security: SmtpSecurity = "starttls",
        authorities: SSLContext | None = None,
        username: str | None = None,
        password: str | None = None,
    ) -> None:
        """`sender` is an address, or `Name <address>`; the answer is the one to the whole message, which
        a server may take its time to inspect.

        `authorities` says whose certificates are believed; without, those that the machine believes.
        """
        self._host = host
        self._port = port
        self._sender = sender
        self._envelope_sender = parseaddr(sender)[1]
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._answer_timeout_seconds = answer_timeout_seconds
        self._security = security
        self._authorities = authorities
        self._username = username
        self._password = password

    async def send(self, message: Message) -> SendResult:
        """See `Channel.send`. A refused recipient or refused content is permanent; only a mailbox that there
        is not makes the contact bad, neither a full one nor a policy."""
        letter = self._letter(message)
        smtp = SMTP(
            hostname=self._host,
            port=self._port,
            timeout=self._timeout_seconds,
            use_tls=self._security == "tls",
            start_tls=self._security == "starttls",
            tls_context=self._authorities,
            username=self._username,
            password=self._password,
        )
        try:
            try:
                await smtp.connect()
                await smtp.mail(self._envelope_sender)
                await smtp.rcpt(message.to)
            except SMTPRecipientRefused as error:
                return _refused(error, no_such_mailbox=error.code in _NO_SUCH_MAILBOX)
            except (SMTPException, OSError) as error:
                return RejectedTemporarily(type(error).__name__)
            return await self._hand_over(smtp, letter)
        finally:
            smtp.close()

    async def _hand_over(self, smtp: SMTP, letter: EmailMessage) -> SendResult:
        try:
            await smtp.data(letter.as_bytes(), timeout=self._answer_timeout_seconds)
        except SMTPResponseException as error:
            return _refused(error, no_such_mailbox=False)
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
        letter["Message-ID"] = f"<{message.obligation_id}@{self._envelope_sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter["Content-Language"] = "fr, en"
        letter.set_content(message.text)
        if message.html is not None:
            letter.add_alternative(message.html, subtype="html")
        return letter


def _refused(error: SMTPResponseException, *, no_such_mailbox: bool) -> SendResult:
    """`no_such_mailbox` is what the step and the code mean where no enhanced code says it better."""
    reason = f"status {error.code}"
    enhanced = _ENHANCED.match(error.message.strip())
    said = enhanced.groups() if enhanced else None
    if error.code not in _PERMANENT or error.code == _FULL or said == _MAILBOX_FULL:
        return RejectedTemporarily(reason)
    if said is None:
        text = error.message.lower()
        no_such_mailbox = no_such_mailbox and not any(word in text for word in _NOT_THE_MAILBOX)
    else:
        no_such_mailbox = said[0] == _ADDRESS or said == _MAILBOX_DISABLED
    return RejectedPermanently(reason, contact_is_bad=no_such_mailbox)
