"""The parts of the four services: their commands and their environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace

from deploy.local.ports import HOST
from deploy.local.servers.databases import database_url
from deploy.local.stack.addresses import API_PORTS, Addresses
from deploy.local.stack.bus import CONSUMED
from deploy.local.stack.credentials import Credentials
from deploy.local.stack.parts import Part
from deploy.local.stack.probes import answers
from deploy.local.supervision.children import leashed
from shared.security.principal import sha256_of

SMS_USERNAME = "relais"
MAIL_FROM = "relais@example.org"
OBEY_SIGNATURES = ("pathway", "notifications", "indicators")
"""Services that admission tells, under its signature, whom to show to whom, and whom to forget."""
MLLP = "admission"
"""The service that has a process for MLLP."""
PASSED_ON = ("RELAIS_WAIT_FACTOR", "RELAIS_INVITATIONS")
"""What a test or a demo may set for the services; every other variable of theirs is the stack's to say."""


def service_parts(addresses: Addresses, credentials: Credentials, *, traces: bool) -> list[Part]:
    """API and worker of each service, in the order of the data's way."""
    parts: list[Part] = []
    for service in API_PORTS:
        environment = service_environment(service, addresses, credentials, traces=traces)
        parts += [
            _api(service, addresses, environment),
            _part(
                f"{service}-worker", ["-m", f"services.{service}.worker"], "/health", addresses, environment
            ),
        ]
        if service == MLLP:
            parts.append(_mllp(addresses, environment))
    return parts


def _mllp(addresses: Addresses, environment: Mapping[str, str]) -> Part:
    """The door for HL7 v2 over TCP; ready when it listens for that, too."""
    own = {"RELAIS_MLLP_PORTS": str(addresses.port(f"{MLLP}-mllp"))}
    metrics = f"{MLLP}-mllp-metrics"
    part = _part(f"{MLLP}-mllp", ["-m", f"services.{MLLP}.mllp"], "/health", addresses, environment)
    return replace(
        part,
        is_ready=answers(addresses.port(metrics), "/health"),
        url=f"mllp://{HOST}:{addresses.port(f'{MLLP}-mllp')}",
        environment={**part.environment, **own, "RELAIS_METRICS_PORT": str(addresses.port(metrics))},
    )


def _part(
    name: str, arguments: list[str], ready_path: str, addresses: Addresses, environment: Mapping[str, str]
) -> Part:
    port = addresses.port(name)
    own = {"RELAIS_METRICS_PORT": str(port)} if name.endswith("-worker") else {}
    return Part(
        name=name,
        command=lambda: leashed([sys.executable, *arguments]),
        is_ready=answers(port, ready_path),
        url=addresses.url(name),
        port=port,
        after=(f"migrate {name.rsplit('-', 1)[0]}", "topics", "sms-gateway", "mail-sink"),
        environment={**environment, **own},
        note=addresses.notes.get(name, ""),
    )


def _api(service: str, addresses: Addresses, environment: Mapping[str, str]) -> Part:
    """The API and, on a port of their own, the operations of the service."""
    name, operations = f"{service}-api", f"{service}-operations"
    arguments = api_arguments(service, addresses.port(name), addresses.port(operations))
    part = _part(name, ["-m", *arguments], "/ready", addresses, environment)
    notes = [note for note in (part.note, addresses.notes.get(operations, "")) if note]
    return replace(part, operations=addresses.url(operations), note="; ".join(notes))


def api_arguments(service: str, port: int, operations_port: int) -> list[str]:
    """Module and arguments of a service's API process."""
    ports = ["--port", str(port), "--operations-port", str(operations_port)]
    return ["shared.web.serve", f"services.{service}.main:app", "--host", HOST, *ports]


def service_environment(
    service: str, addresses: Addresses, credentials: Credentials, *, traces: bool
) -> dict[str, str]:
    """What the service's settings read."""
    environment = {
        "RELAIS_DATABASE_URL": service_database_url(service, addresses, credentials),
        **broker_environment(service, addresses, credentials),
        "RELAIS_AUDIT_KEY": credentials.audit_key,
        "RELAIS_PEER_KEY_SHA256": sha256_of(credentials.peer_key),
        **_service_variables(service, addresses, credentials),
        **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
    }
    if service in CONSUMED:
        ledgers = [(publisher, addresses.url(f"{publisher}-operations")) for publisher in CONSUMED[service]]
        environment["RELAIS_PUBLISHERS"] = ",".join(f"{publisher}={url}" for publisher, url in ledgers)
        environment["RELAIS_PEER_KEY"] = credentials.peer_key
    if service == "admission":
        environment["RELAIS_GRANT_SIGNING_KEY"] = credentials.grant_signing_key
    elif service in OBEY_SIGNATURES:
        # Here, since the commands that only look sign nothing.
        from shared.security.signatures import signer_of  # noqa: PLC0415

        signer = signer_of(credentials.grant_signing_key, variable="RELAIS_GRANT_SIGNING_KEY")
        environment["RELAIS_GRANT_KEYS"] = signer.public_key if signer else ""
    if service in credentials.master_keys:
        environment["RELAIS_MASTER_KEY"] = credentials.master_keys[service]
    if service in credentials.index_keys:
        environment["RELAIS_INDEX_KEY"] = credentials.index_keys[service]
    if traces:
        environment["OTEL_EXPORTER_ZIPKIN_ENDPOINT"] = f"{addresses.url('zipkin')}/api/v2/spans"
        environment["OTEL_TRACES_SAMPLER"] = "always_on"
    return environment


def broker_environment(identity: str, addresses: Addresses, credentials: Credentials) -> dict[str, str]:
    """How somebody uses the broker; without passwords it is one that asks nobody who they are."""
    environment = {"RELAIS_KAFKA_BOOTSTRAP": addresses.bootstrap}
    if credentials.kafka_passwords:
        environment["RELAIS_KAFKA_SECURITY_PROTOCOL"] = "SASL_PLAINTEXT"
        environment["RELAIS_KAFKA_USER"] = identity
        environment["RELAIS_KAFKA_PASSWORD"] = credentials.kafka_passwords[identity]
    return environment


def service_database_url(service: str, addresses: Addresses, credentials: Credentials) -> str:
    """The service's own database, by its own role."""
    return database_url(
        role=service,
        password=credentials.database_passwords[service],
        port=addresses.port("postgresql"),
        database=service,
    )


def _service_variables(service: str, addresses: Addresses, credentials: Credentials) -> dict[str, str]:
    if service == "admission":
        peers = [f"{peer}={addresses.url(f'{peer}-api')}" for peer in API_PORTS if peer != "admission"]
        return {
            "RELAIS_PEERS": ",".join(peers),
            "RELAIS_BOOTSTRAP_KEY_SHA256": credentials.bootstrap_key_sha256,
            "RELAIS_PEER_KEY": credentials.peer_key,
            "RELAIS_CALLBACK_NETWORKS": "127.0.0.0/8,::1/128",
            "RELAIS_TEST_NUMBERS": "accepted",
        }
    if service == "notifications":
        return {
            "RELAIS_SMS_URL": f"{addresses.url('sms-gateway')}/cgi-bin/sendsms",
            "RELAIS_SMS_USERNAME": SMS_USERNAME,
            "RELAIS_SMS_PASSWORD": credentials.sms_password,
            "RELAIS_SMTP_HOST": HOST,
            "RELAIS_SMTP_PORT": str(addresses.port("mail-sink-smtp")),
            "RELAIS_SMTP_SECURITY": "none",
            "RELAIS_MAIL_FROM": MAIL_FROM,
            "RELAIS_PUBLIC_URL": addresses.url("notifications-api"),
        }
    return {}
