"""Each part finds a port and keeps it; the user learns why it is not the usual one."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.ports import HOST, accepts, free_port, is_free, listens
from deploy.local.stack.addresses import USUAL_PORTS, choose_addresses, keep_addresses


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


def test_a_port_once_chosen_stays_though_the_usual_one_is_free_again(tmp_path: Path, taken: int) -> None:
    first = keep_addresses(tmp_path, {"pathway-api": taken})
    freed = {"pathway-api": free_port()}
    second = keep_addresses(tmp_path, freed)
    assert second.ports == first.ports
    assert "it stays" in second.notes["pathway-api"]


def test_a_kept_port_that_is_taken_now_gives_way_with_a_note(tmp_path: Path, taken: int) -> None:
    (tmp_path / "ports.json").write_text(f'{{"pathway-api": {taken}, "of an older version": 7}}')
    addresses = keep_addresses(tmp_path, {"pathway-api": free_port()})
    assert addresses.port("pathway-api") != taken
    assert addresses.notes["pathway-api"].startswith(f"port {taken} is taken by ")
    assert set(addresses.ports) == {"pathway-api"}


def test_an_unreadable_file_of_ports_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text("")
    port = free_port()
    assert keep_addresses(tmp_path, {"pathway-api": port}).port("pathway-api") == port
