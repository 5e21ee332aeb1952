"""Checks that the broker's container has the settings of the embedded broker, which the tests use."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from deploy.compose.composition import Composition
from deploy.local.servers.kafka_settings import broker_settings
from deploy.local.stack.bus import IDENTITIES

# Addresses and folders differ by nature.
_OF_THE_PLACE = {
    "advertised.listeners",
    "controller.quorum.bootstrap.servers",
    "inter.broker.listener.name",
    "listener.security.protocol.map",
    "listeners",
    "log.dirs",
}


_USERS: Final = re.compile(r'user_(\w+)="([^"]+)"')
_LOGIN: Final = "plain.sasl.jaas.config"


def check_broker(composition: Composition) -> Iterator[str]:
    """The settings that differ, listeners that let anybody in, passwords that are not the users'."""
    environment = composition.containers["kafka"]["environment"]
    passwords = dict.fromkeys(IDENTITIES, "x")
    embedded = broker_settings(data=Path("data"), port=1, controller_port=2, passwords=passwords)
    for name, value in embedded.items():
        given = environment.get("KAFKA_" + name.upper().replace(".", "_"))
        if name not in _OF_THE_PLACE and not name.endswith(_LOGIN) and given != value:
            yield f"kafka: {name} is {given}, and {value} in the embedded broker"
    yield from _listeners(environment, composition.secrets)


def _listeners(environment: Mapping[str, str], secrets: Mapping[str, str]) -> Iterator[str]:
    addresses = dict(each.split("://") for each in environment["KAFKA_LISTENERS"].split(","))
    protocols = dict(
        each.split(":") for each in environment["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")
    )
    logins = dict(line.split("=", 1) for line in secrets["kafka_properties"].splitlines())
    for listener, address in addresses.items():
        protocol = protocols.get(listener)
        is_own = address.startswith("127.0.0.1:")
        if protocol != "SASL_SSL" and not (protocol == "SASL_PLAINTEXT" and is_own):
            yield f"kafka: {listener} is {protocol}"
        known = dict(_USERS.findall(logins.get(f"listener.name.{listener.lower()}.{_LOGIN}", "")))
        for user in {"broker"} if is_own else IDENTITIES:
            password = secrets.get(f"{user}_kafka_password", known.get(user))
            if password is None or known.get(user) != password:
                yield f"kafka: {listener} does not know {user}"
