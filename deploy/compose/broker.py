"""Checks that the broker's container has the settings of the embedded broker, which the tests use."""

from collections.abc import Iterator
from pathlib import Path

from deploy.compose.composition import Composition
from deploy.local.servers.kafka_settings import broker_settings

# Addresses and folders differ by nature.
_OF_THE_PLACE = {
    "advertised.listeners",
    "controller.quorum.bootstrap.servers",
    "inter.broker.listener.name",
    "listener.security.protocol.map",
    "listeners",
    "log.dirs",
}


def check_broker(composition: Composition) -> Iterator[str]:
    """The settings that differ."""
    environment = composition.containers["kafka"]["environment"]
    embedded = broker_settings(data=Path("data"), port=1, controller_port=2)
    for name, value in embedded.items():
        given = environment.get("KAFKA_" + name.upper().replace(".", "_"))
        if name not in _OF_THE_PLACE and given != value:
            yield f"kafka: {name} is {given}, and {value} in the embedded broker"
