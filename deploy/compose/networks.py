"""Checks that containers share no network with those to whom they need not speak."""

from collections.abc import Iterator
from typing import Final

from deploy.compose.composition import Composition

_APART: Final = (
    ({"grafana", "loki", "tempo"}, {"postgres", "kafka"}),
    ({"prometheus", "otel-collector"}, {"postgres", "kafka"}),
    ({"mail-sink"}, {"postgres", "kafka", "grafana", "prometheus"}),
    ({"postgres"}, {"kafka"}),
)
"""Groups of which no container of one shares a network with one of the other."""


def check_networks(composition: Composition) -> Iterator[str]:
    """Containers that reach others with which they have nothing to do."""
    networks = {name: networks_of(composition, name) for name in composition.containers}
    for name, joined in networks.items():
        if not joined or "default" in joined:
            yield f"{name}: it is in the network of everybody"
    for ones, others in _APART:
        for one in ones:
            for other in others:
                for shared in sorted(networks[one] & networks[other]):
                    yield f"{one} and {other} share the network {shared}"


def networks_of(composition: Composition, name: str) -> set[str]:
    """The networks that a container is in, its own or those of the one whose it shares."""
    container = composition.containers[name]
    _, shares, host = container.get("network_mode", "").partition("service:")
    return networks_of(composition, host) if shares else set(container.get("networks") or {})
