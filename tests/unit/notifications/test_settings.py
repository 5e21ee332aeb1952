"""The settings of the providers reach them, and no password is said in clear."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.notifications.channels.channel import Message, RejectedTemporarily
from services.notifications.settings import Settings
from services.notifications.wiring import SERVICE
from shared.spine.service.opening import open_service
from tests.integration.database.certificates import make_certificate

REQUIRED = {
    "RELAIS_DATABASE_URL": "postgresql://127.0.0.1:1/none",
    "RELAIS_KAFKA_BOOTSTRAP": "127.0.0.1:1",
    "RELAIS_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
    "RELAIS_SMS_URL": "http://127.0.0.1:1",
    "RELAIS_SMS_USERNAME": "relais",
    "RELAIS_SMS_PASSWORD": "secret",
    "RELAIS_SMTP_HOST": "127.0.0.1",
    "RELAIS_SMTP_PORT": "1",
    "RELAIS_MAIL_FROM": "relais@exemple.fr",
    "RELAIS_PUBLIC_URL": "https://p.exemple.fr",
}
MESSAGE = Message(
    obligation_id=UUID(int=7),
    attempt_id=UUID(int=1),
    to="+33639980001",
    subject="s",
    text="t",
    html=None,
    validity_seconds=60,
)


@dataclass
class Provider:
    """Says a line to whoever connects, answers every line with another one, and keeps what it heard."""

    hello: bytes
    answer: bytes
    heard: list[bytes] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.hello)
        while line := await reader.readline():
            self.heard.append(line)
            if line.startswith((b"EHLO", b"MAIL", b"RCPT", b"DATA", b"QUIT")) or line == b"\r\n":
                writer.write(self.answer)
        writer.close()

    @asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
        async with await asyncio.start_server(self.talk, "127.0.0.1", 0, ssl=tls) as server:
            yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("login", [{}, {"RELAIS_SMTP_USERNAME": "relais", "RELAIS_SMTP_PASSWORD": "secret"}])
async def test_neither_login_nor_message_is_said_to_a_server_without_tls(login: dict[str, str]) -> None:
    server = Provider(b"220 test\r\n", b"250-test\r\n250 AUTH PLAIN LOGIN\r\n")
    async with server.listening() as port:
        settings = Settings.of({**REQUIRED, **login, "RELAIS_SMTP_PORT": str(port)})
        async with open_service(SERVICE, settings) as service:
            result = await service.dependencies.channels["email"].send(MESSAGE)
    assert isinstance(result, RejectedTemporarily)
    assert not any(line.startswith((b"AUTH", b"MAIL")) for line in server.heard)


@pytest.mark.parametrize("believed", [True, False])
async def test_a_mail_server_whose_certificate_is_not_believed_hears_nothing(
    tmp_path: Path, believed: bool
) -> None:
    authorities = [tmp_path / name for name in ("one", "other")]
    for each in authorities:
        each.mkdir()
    (authority, certificate), (other, _) = (make_certificate(each, host="localhost") for each in authorities)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    server = Provider(b"220 test\r\n", b"250 test\r\n")
    wire = {"RELAIS_SMTP_HOST": "localhost", "RELAIS_SMTP_SECURITY": "tls"}
    wire["RELAIS_PROVIDER_CA_FILE"] = str(authority if believed else other)
    async with server.listening(tls) as port:
        settings = Settings.of({**REQUIRED, **wire, "RELAIS_SMTP_PORT": str(port)})
        async with open_service(SERVICE, settings) as service:
            await service.dependencies.channels["email"].send(replace(MESSAGE, to="a@exemple.fr"))
    assert any(line.startswith(b"MAIL") for line in server.heard) is believed


async def test_the_phone_shows_the_sender_of_the_settings() -> None:
    gateway = Provider(b"", b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
    async with gateway.listening() as port:
        sms = {"RELAIS_SMS_URL": f"http://127.0.0.1:{port}/cgi-bin/sendsms", "RELAIS_SMS_SENDER": "PARCOURS"}
        async with open_service(SERVICE, Settings.of({**REQUIRED, **sms})) as service:
            await service.dependencies.channels["sms"].send(MESSAGE)
    assert b"X-Kannel-From: PARCOURS\r\n" in gateway.heard


def test_more_countries_are_taken_where_the_settings_name_them() -> None:
    assert Settings.of({**REQUIRED, "RELAIS_SMS_COUNTRIES": "MA,TN"}).countries >= {"MA", "TN", "FR"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"RELAIS_SMS_SENDER": "much too long a name"},
        {"RELAIS_SMS_COUNTRIES": "Morocco"},
        {"RELAIS_SMS_PASSWORD": "clé"},
        {"RELAIS_SMTP_STARTTLS": "false"},
        {"RELAIS_SMTP_USERNAME": "relais"},
        {"RELAIS_SMTP_USERNAME": "relais", "RELAIS_SMTP_PASSWORD": "x", "RELAIS_SMTP_SECURITY": "none"},
        {"RELAIS_SMTP_HOST": "smtp.exemple.fr", "RELAIS_SMTP_SECURITY": "none"},
        {"RELAIS_SMS_URL": "http://sms.exemple.fr/cgi-bin/sendsms"},
        {"RELAIS_SMS_URL": "https://sms.exemple.fr/cgi-bin/sendsms?password=x"},
        {"RELAIS_SMS_URL": "https://relais:x@sms.exemple.fr/cgi-bin/sendsms"},
    ],
)
def test_what_cannot_work_is_refused_at_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(SystemExit):
        Settings.of({**REQUIRED, **wrong})


def test_stand_ins_that_reach_nobody_may_be_elsewhere_where_that_is_said() -> None:
    elsewhere = {
        "RELAIS_SMTP_HOST": "mail-sink",
        "RELAIS_SMTP_SECURITY": "none",
        "RELAIS_SMS_URL": "http://sms:1",
    }
    assert Settings.of({**REQUIRED, **elsewhere, "RELAIS_STAND_INS": "accepted"}).smtp_security == "none"
