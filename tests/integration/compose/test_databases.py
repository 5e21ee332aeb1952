"""The script of the PostgreSQL image creates isolated databases with the given passwords."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.compose.composition import PROJECT, SERVICES
from deploy.local.ports import free_port
from deploy.local.servers.postgres import SUPERUSER, binaries, initialise, postgres_server
from deploy.local.servers.running import RunningServer

pytestmark = pytest.mark.services

SUPERUSER_PASSWORD = "of the superuser"
PASSWORDS = {service: f"it's {service}'s" for service in SERVICES}


@pytest.fixture(scope="module")
def empty_postgres(server_folder: Path) -> Iterator[int]:
    """A server of the test's own, because all databases of a server share roles; gives its port."""
    server = postgres_server(server_folder / "composed", port=free_port())
    initialise(server, superuser_password=SUPERUSER_PASSWORD, durable=False)
    running = RunningServer(server, log=server_folder / "composed.log", stop_signal=signal.SIGINT)
    running.start()
    yield server.port
    running.stop()


async def test_each_service_reaches_its_own_database_and_no_other(
    empty_postgres: int, tmp_path: Path
) -> None:
    of_the_server = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(empty_postgres),
        "PGPASSWORD": SUPERUSER_PASSWORD,
        "POSTGRES_USER": SUPERUSER,
        "PATH": f"{binaries(None)}:{os.environ['PATH']}",
    }
    for service, word in PASSWORDS.items():
        (tmp_path / f"{service}_database_password").write_text(word + "\n")
    script = PROJECT / "deploy" / "postgres" / "create-databases.sh"
    ran = await asyncio.create_subprocess_exec(
        "/bin/sh",
        str(script),
        env={**of_the_server, "SECRETS": str(tmp_path)},
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await ran.communicate()
    assert ran.returncode == 0, errors
    for service in SERVICES:
        own = await asyncpg.connect(
            host="127.0.0.1", port=empty_postgres, user=service, password=PASSWORDS[service], database=service
        )
        await own.execute("CREATE TABLE public.mine ()")
        await own.close()
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(
                host="127.0.0.1",
                port=empty_postgres,
                user=service,
                password=PASSWORDS[service],
                database=next(other for other in SERVICES if other != service),
            )
