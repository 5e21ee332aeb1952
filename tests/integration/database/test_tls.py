"""TLS to PostgreSQL, as the address says: the pool and the migrations read it the same way.

The embedded PostgreSQL knows no TLS, so what answers for it here ends the encryption and passes on the rest.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared.database.migrations import on_connection
from shared.database.pool import open_pool
from tests.integration.database.certificates import make_certificate

SSL_REQUEST_BYTES = 8
Way = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class _Encrypted:
    url: str
    authority: Path
    other_authority: Path


@pytest.fixture
async def encrypted(tmp_path: Path, create_database: Callable[..., str]) -> AsyncIterator[_Encrypted]:
    plain = urlsplit(create_database())
    folder, other = tmp_path / "one", tmp_path / "other"
    for each in (folder, other):
        each.mkdir()
    authority, certificate = make_certificate(folder, host="localhost")
    other_authority, _ = make_certificate(other, host="localhost")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(SSL_REQUEST_BYTES)
        writer.write(b"S")
        with suppress(OSError, ssl.SSLError):
            await writer.start_tls(context)
            inner_reader, inner_writer = await asyncio.open_connection(plain.hostname, plain.port)
            await asyncio.gather(_pass_on(reader, inner_writer), _pass_on(inner_reader, writer))

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    address = plain._replace(netloc=f"{plain.username}:{plain.password}@localhost:{port}")
    yield _Encrypted(address.geturl(), authority, other_authority)
    server.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, ssl.SSLError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


async def _by_the_pool(url: str) -> None:
    async with open_pool(url, application_name="test") as pool:
        assert await pool.fetchval("SELECT 1") == 1


async def _by_the_migrations(url: str) -> None:
    assert await on_connection(url, lambda connection: connection.exec_driver_sql("SELECT 1").scalar()) == 1


WAYS = pytest.mark.parametrize("connect", [_by_the_pool, _by_the_migrations])


@WAYS
async def test_the_authority_in_the_address_is_believed(encrypted: _Encrypted, connect: Way) -> None:
    await connect(f"{encrypted.url}?sslmode=verify-full&sslrootcert={encrypted.authority}")


@WAYS
async def test_another_authoritys_server_is_refused(encrypted: _Encrypted, connect: Way) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await connect(f"{encrypted.url}?sslmode=verify-full&sslrootcert={encrypted.other_authority}")


@WAYS
async def test_a_server_under_another_name_is_refused(encrypted: _Encrypted, connect: Way) -> None:
    url = encrypted.url.replace("@localhost", "@127.0.0.1")
    with pytest.raises(ssl.SSLCertVerificationError):
        await connect(f"{url}?sslmode=verify-full&sslrootcert={encrypted.authority}")


@WAYS
async def test_a_server_without_tls_is_refused_where_the_address_demands_it(
    create_database: Callable[..., str], connect: Way
) -> None:
    with pytest.raises(ConnectionError, match="rejected SSL upgrade"):
        await connect(f"{create_database()}?sslmode=require")
