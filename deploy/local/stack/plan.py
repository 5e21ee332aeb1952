"""The plan of the stack: everything that has to happen until it runs, and in which order."""

import asyncio
from functools import partial
from pathlib import Path

from deploy.local.servers.kafka import prepare
from deploy.local.servers.kafka_users import OPERATOR
from deploy.local.servers.postgres import initialise, postgres_server
from deploy.local.stack.addresses import API_PORTS, Addresses
from deploy.local.stack.credentials import Credentials
from deploy.local.stack.parts import Part, Step
from deploy.local.stack.servers import embedded_kafka, server_parts
from deploy.local.stack.services import broker_environment, service_database_url, service_parts
from deploy.local.supervision.once import run_once


def stack_plan(
    addresses: Addresses, credentials: Credentials, *, data: Path, logs: Path, traces: bool
) -> list[Part | Step]:
    """Everything after what it needs; what does not need each other starts at the same time."""
    servers = {part.name: part for part in server_parts(addresses, credentials, data=data, traces=traces)}
    return [
        Step("prepare postgresql", partial(_prepare_postgres, addresses, credentials, data)),
        Step("prepare kafka", partial(_prepare_kafka, addresses, credentials, data)),
        *servers.values(),
        Step("databases", partial(_databases, addresses, credentials), after=("postgresql",)),
        *migration_steps(addresses, credentials, logs=logs, after=("databases",)),
        Step("topics", partial(_topics, addresses, credentials, logs), after=("kafka",)),
        *service_parts(addresses, credentials, traces=traces),
    ]


def migration_steps(
    addresses: Addresses, credentials: Credentials, *, logs: Path, after: tuple[str, ...] = ()
) -> list[Step]:
    """One step per service: the databases share nothing."""
    return [
        Step(
            f"migrate {service}",
            partial(
                run_once,
                f"migrate-{service}",
                ["-m", "shared.database.migrations", service],
                environment={"RELAIS_DATABASE_URL": service_database_url(service, addresses, credentials)},
                log=logs / f"migrate-{service}.log",
            ),
            after=after,
        )
        for service in API_PORTS
    ]


async def _prepare_postgres(addresses: Addresses, credentials: Credentials, data: Path) -> None:
    server = postgres_server(data / "postgres", port=addresses.port("postgresql"))
    await asyncio.to_thread(initialise, server, superuser_password=credentials.superuser_password)


async def _prepare_kafka(addresses: Addresses, credentials: Credentials, data: Path) -> None:
    def fetch_and_format() -> None:
        prepare(embedded_kafka(addresses, credentials, data))

    await asyncio.to_thread(fetch_and_format)


async def _databases(addresses: Addresses, credentials: Credentials) -> None:
    # Here, since the commands that only look have no use for a database client.
    from deploy.local.servers.databases import ensure_databases  # noqa: PLC0415

    await ensure_databases(
        superuser_password=credentials.superuser_password,
        port=addresses.port("postgresql"),
        passwords=credentials.database_passwords,
    )


async def _topics(addresses: Addresses, credentials: Credentials, logs: Path) -> None:
    environment = broker_environment(OPERATOR, addresses, credentials)
    await run_once(
        "topics", ["-m", "deploy.local.stack.topics"], environment=environment, log=logs / "topics.log"
    )
