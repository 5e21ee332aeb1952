"""The servers that the services need, as parts of the stack: PostgreSQL, Kafka, the simulators, Zipkin."""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from deploy.local.places import SPECIFICATIONS, jar_cache
from deploy.local.ports import HOST, accepts
from deploy.local.servers.jars import checked_jars
from deploy.local.servers.kafka import JAVA_ENVIRONMENT, JVM_OPTIONS, KafkaServer, java, kafka_server
from deploy.local.servers.kafka_probe import has_brokers
from deploy.local.servers.kafka_users import OPERATOR
from deploy.local.servers.postgres import postgres_server
from deploy.local.stack.addresses import Addresses
from deploy.local.stack.credentials import Credentials
from deploy.local.stack.parts import Part
from deploy.local.stack.probes import answers
from deploy.local.supervision.children import leashed


def server_parts(addresses: Addresses, credentials: Credentials, *, data: Path, traces: bool) -> list[Part]:
    """PostgreSQL, Kafka, the mail sink and the SMS simulator; Zipkin when traces are wanted."""
    parts = [
        _postgres(addresses, data),
        _kafka(addresses, credentials, data),
        _mail_sink(addresses, data),
        _sms_gateway(addresses, data),
    ]
    return [*parts, _zipkin(addresses)] if traces else parts


def _postgres(addresses: Addresses, data: Path) -> Part:
    port = addresses.port("postgresql")
    server = postgres_server(data / "postgres", port=port)
    return Part(
        name="postgresql",
        command=server.command,
        is_ready=server.is_ready,
        url=f"postgresql://{HOST}:{port}",
        port=port,
        after=("prepare postgresql",),
        # SIGINT: its fast shutdown, which does not wait for clients to leave.
        stop_signal=signal.SIGINT,
        note=addresses.notes.get("postgresql", ""),
    )


def embedded_kafka(addresses: Addresses, credentials: Credentials, data: Path) -> KafkaServer:
    """The broker of this machine; with RELAIS_SHORT_LIVED set, Java optimises less of what it runs."""
    return kafka_server(
        data / "kafka",
        port=addresses.port("kafka"),
        controller_port=addresses.port("kafka-controller"),
        short_lived=bool(os.environ.get("RELAIS_SHORT_LIVED")),
        passwords=credentials.kafka_passwords,
    )


def _kafka(addresses: Addresses, credentials: Credentials, data: Path) -> Part:
    port = addresses.port("kafka")

    def command() -> list[str]:
        # Made again at each start, so that the jars are checked at each start.
        return embedded_kafka(addresses, credentials, data).command()

    return Part(
        name="kafka",
        command=command,
        is_ready=partial(has_brokers, port, (OPERATOR, credentials.kafka_passwords[OPERATOR])),
        url=f"kafka://{addresses.bootstrap}",
        port=port,
        after=("prepare kafka",),
        environment=JAVA_ENVIRONMENT,
        note=addresses.notes.get("kafka", ""),
    )


def _python(name: str, addresses: Addresses, arguments: list[str], is_ready: Callable[[], bool]) -> Part:
    return Part(
        name=name,
        command=lambda: leashed([sys.executable, "-m", *arguments]),
        is_ready=is_ready,
        url=addresses.url(name),
        port=addresses.port(name),
        note=addresses.notes.get(name, ""),
    )


def _mail_sink(addresses: Addresses, data: Path) -> Part:
    page, smtp = addresses.port("mail-sink"), addresses.port("mail-sink-smtp")
    shows_its_page = answers(page, "/")
    arguments = ["deploy.local.mail_sink", "--smtp-port", str(smtp), "--http-port", str(page)]
    arguments += ["--journal", str(data / "mail-sink.jsonl")]
    return _python("mail-sink", addresses, arguments, lambda: shows_its_page() and accepts(smtp))


def _sms_gateway(addresses: Addresses, data: Path) -> Part:
    port = addresses.port("sms-gateway")
    arguments = ["deploy.local.sms_gateway", "--port", str(port)]
    arguments += ["--journal", str(data / "sms-gateway.jsonl")]
    return _python("sms-gateway", addresses, arguments, answers(port, "/"))


def _zipkin(addresses: Addresses) -> Part:
    port = addresses.port("zipkin")

    def command() -> list[str]:
        (jar,) = checked_jars(SPECIFICATIONS / "zipkin", jar_cache())
        listen = [
            f"--armeria.ports[0].ip={HOST}",
            f"--armeria.ports[0].port={port}",
            "--armeria.ports[0].protocol=http",
        ]
        return leashed([str(java()), *JVM_OPTIONS, "-jar", str(jar), *listen])

    return Part(
        name="zipkin",
        command=command,
        is_ready=answers(port, "/health"),
        url=addresses.url("zipkin"),
        port=port,
        environment={**JAVA_ENVIRONMENT, "STORAGE_TYPE": "mem"},
        note=addresses.notes.get("zipkin", ""),
    )
