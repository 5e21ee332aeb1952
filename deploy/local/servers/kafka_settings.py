"""The settings of the one Kafka node, which is broker and controller in one."""

from collections.abc import Mapping
from pathlib import Path

from deploy.local.ports import HOST
from deploy.local.servers.kafka_users import BROKER, OPERATOR

RETENTION_DAYS = 30
PLAIN = range(0x20, 0x7F)
"""The characters of ASCII that are written as they are."""


Passwords = Mapping[str, str]
"""Of everybody who uses the broker, by name; of nobody where it asks nobody who they are."""


def broker_settings(
    *, data: Path, port: int, controller_port: int, passwords: Passwords | None = None
) -> dict[str, str]:
    """The node's server.properties. A single node: every replication factor is 1."""
    protocol = "SASL_PLAINTEXT" if passwords else "PLAINTEXT"
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.bootstrap.servers": f"{HOST}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"CLIENTS://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"CLIENTS://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "listener.security.protocol.map": f"CLIENTS:{protocol},CONTROLLER:{protocol}",
        "inter.broker.listener.name": "CLIENTS",
        "log.dirs": str(data),
        "auto.create.topics.enable": "false",
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.num.partitions": "6",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.num.partitions": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        # On one machine there are no other members to wait for.
        "group.initial.rebalance.delay.ms": "0",
        # A sign of life for followers, of which there are none: twice a second would be written for nothing.
        "metadata.max.idle.interval.ms": "5000",
        # Longer than any replay: consumers keep their own position.
        "log.retention.hours": str(RETENTION_DAYS * 24),
        "log.segment.bytes": str(128 * 1024 * 1024),
        **(_access(passwords) if passwords else {}),
    }


def _access(passwords: Passwords) -> dict[str, str]:
    """Who may use the node, and who may do everything there."""
    return {
        "sasl.enabled.mechanisms": "PLAIN",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.clients.plain.sasl.jaas.config": _login_module(passwords),
        "listener.name.controller.plain.sasl.jaas.config": _login_module({BROKER: passwords[BROKER]}),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{BROKER};User:{OPERATOR}",
    }


def _login_module(passwords: Passwords) -> str:
    known = " ".join(f'user_{user}="{password}"' for user, password in passwords.items())
    module = "org.apache.kafka.common.security.plain.PlainLoginModule"
    return f'{module} required username="{BROKER}" password="{passwords[BROKER]}" {known};'


def as_properties(settings: dict[str, str]) -> str:
    """Java's properties format in ASCII, since Java reads Latin-1: `é` is written `\\u00e9`."""
    return "".join(f"{name}={_escaped(value)}\n" for name, value in settings.items())


def _escaped(value: str) -> str:
    units = value.replace("\\", "\\\\").encode("utf-16-be")
    # One escape for each unit of UTF-16, as Java's strings have them.
    codes = (int.from_bytes(units[at : at + 2]) for at in range(0, len(units), 2))
    return "".join(chr(code) if code in PLAIN else f"\\u{code:04x}" for code in codes)
