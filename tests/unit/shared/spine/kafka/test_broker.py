"""As whom the broker is used, and that nobody stands in for it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from shared.spine.kafka.broker import Broker
from shared.spine.kafka.clients import connection
from tests.integration.database.certificates import make_certificate

LOGIN: dict[str, Any] = {"user": "admission", "password": "open sesame"}


def test_addresses_alone_are_a_broker_that_asks_nobody() -> None:
    assert connection("localhost:9092") == {"bootstrap_servers": "localhost:9092"}


def test_a_login_is_sent_where_the_broker_asks_for_one() -> None:
    assert connection(Broker(addresses="localhost:9092", protocol="SASL_PLAINTEXT", **LOGIN)) == {
        "bootstrap_servers": "localhost:9092",
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": "admission",
        "sasl_plain_password": "open sesame",
    }


@pytest.mark.parametrize("protocol", ["SSL", "SASL_SSL"])
def test_the_brokers_certificate_and_name_are_checked_where_the_wire_is_encrypted(protocol: Any) -> None:
    login = LOGIN if protocol == "SASL_SSL" else {}
    context = connection(Broker(addresses="kafka:9092", protocol=protocol, **login))["ssl_context"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize(
    "options",
    [
        {"protocol": "SASL_PLAINTEXT"},
        {"protocol": "SASL_SSL", "user": "admission"},
        {"protocol": "PLAINTEXT", **LOGIN},
        {"protocol": "SASL_PLAINTEXT", "ca_file": "/ca.pem", **LOGIN},
        {"protocol": "PLAINTEXT", "certificate_file": "/our.pem"},
    ],
)
def test_what_does_not_go_together_is_refused(options: Any) -> None:
    with pytest.raises(ValueError, match="RELAIS_KAFKA_"):
        Broker(addresses="localhost:9092", **options)


def test_the_password_is_not_shown() -> None:
    assert "sesame" not in repr(Broker(addresses="localhost:9092", protocol="SASL_PLAINTEXT", **LOGIN))


class Listening:
    """What answers in place of a broker; without TLS where there is no context."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        self.heard = b""
        self.shown: Any = None

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            self.shown = writer.get_extra_info("peercert")
            self.heard += await reader.readexactly(4)
        writer.close()

    @asynccontextmanager
    async def at(self) -> AsyncIterator[str]:
        async with await asyncio.start_server(self.answer, "127.0.0.1", 0, ssl=self._tls) as server:
            yield f"localhost:{server.sockets[0].getsockname()[1]}"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Path]]:
    """Two authorities, and a certificate of each."""
    return [make_certificate(tmp_path_factory.mktemp(name), host="localhost") for name in ("one", "other")]


@pytest.mark.parametrize("server", ["plaintext", "believed", "of another authority"])
async def test_a_broker_that_cannot_prove_who_it_is_hears_nothing(
    server: str, certificates: list[tuple[Path, Path]]
) -> None:
    (authority, certificate), (other, _) = certificates
    tls = None if server == "plaintext" else ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if tls is not None:
        tls.load_cert_chain(certificate)
    listening = Listening(tls)
    async with listening.at() as address:
        believed = other if server == "of another authority" else authority
        broker = Broker(addresses=address, protocol="SASL_SSL", ca_file=str(believed), **LOGIN)
        client = AIOKafkaClient(**connection(broker), request_timeout_ms=2000)
        with pytest.raises(KafkaError):
            await client.bootstrap()
        await client.close()
    # What TLS says first is a handshake (0x16), and what Kafka says first the length of a request.
    assert (listening.heard[:1] == b"\0") is (server == "believed")


async def test_a_broker_that_asks_for_a_certificate_is_shown_ours(
    certificates: list[tuple[Path, Path]],
) -> None:
    authority, certificate = certificates[0]
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority)
    tls.load_cert_chain(certificate)
    tls.verify_mode = ssl.CERT_REQUIRED
    listening = Listening(tls)
    async with listening.at() as address:
        files: Any = {"ca_file": str(authority), "certificate_file": str(certificate)}
        client = AIOKafkaClient(
            **connection(Broker(addresses=address, protocol="SSL", **files)), request_timeout_ms=2000
        )
        with pytest.raises(KafkaError):
            await client.bootstrap()
        await client.close()
    assert listening.shown["subjectAltName"] == (("DNS", "localhost"),)
