"""Does each part find a port, and does the user learn why it is not the usual one?"""

import os
import socket
from collections.abc import Iterator

import pytest

from deploy.local.addresses import USUAL_PORTS, choose_addresses
from deploy.local.ports import HOST, accepts, free_port, is_free, listens


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that this very process listens on."""
    with socket.create_server((HOST, 0)) as listening:
        yield int(listening.getsockname()[1])


def test_the_usual_port_is_taken_when_free() -> None:
    port = free_port()
    addresses = choose_addresses({"pathway-api": port})
    assert addresses.port("pathway-api") == port
    assert addresses.url("pathway-api") == f"http://127.0.0.1:{port}"
    assert addresses.notes == {}


def test_a_taken_port_gives_way_to_a_free_one_and_its_holder_is_named(taken: int) -> None:
    addresses = choose_addresses({"pathway-api": taken})
    assert addresses.port("pathway-api") != taken
    assert addresses.notes["pathway-api"].startswith(f"port {taken} is taken by ")
    assert not is_free(taken)
    assert accepts(taken)


def test_a_port_is_of_whoever_listens_on_it_and_of_nobody_else(taken: int) -> None:
    assert listens(os.getpid(), taken)
    assert not listens(os.getpid(), free_port())
    assert not listens(os.getppid(), taken)


def test_no_two_parts_share_a_port_even_when_every_usual_one_is_taken(taken: int) -> None:
    addresses = choose_addresses(dict.fromkeys(USUAL_PORTS, taken))
    assert len(set(addresses.ports.values())) == len(USUAL_PORTS)
