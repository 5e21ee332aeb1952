"""Which addresses that others chose may be called: by how they are written, and by where they lead."""

from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from shared.web.outbound.address import Address, NotCallable, address_of
from shared.web.outbound.networks import callable_addresses, may_be_called, networks_of

LOOPBACK = networks_of("127.0.0.0/8, ::1/128", variable="RELAIS_CALLBACK_NETWORKS")

WRITTEN_WRONG = [
    "",
    "hospital.example/callbacks",
    "ftp://hospital.example/",
    "file:///etc/passwd",
    "http://hospital.example/",
    "https://hospital.example:22/",
    "https://hospital.example:80/",
    "https://hospital.example:99999/",
    "https://hospital.example:/",
    "https://user@hospital.example/",
    "https://hospital.example@127.0.0.1/",
    "https://hospital.example\\@127.0.0.1/",
    "https://hospital.example/?key=1",
    "https://hospital.example/#fragment",
    "https://hospital.example/a b",
    "https://hospital.example/\r\nHost: other",
    "https://hôpital.example/",
    "https://127。0。0。1/",
    "https://%31%32%37.0.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.0.01/",
    "https://1.2.3.4./",
    "https://0/",
    "https://[::1%25lo]/",
    "https://[1.2.3.4]/",
    "https://[::1/",
    "https://hospital.example" + "/a" * 600,
    " https://hospital.example/",
]

PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "0.1.2.3", "0.255.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255"),
    *("192.168.1.1", "169.254.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8"),
    *("192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "233.252.0.1", "239.1.1.1"),
    *("240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254"),
    *("ff02::1", "ff0e::1", "2001:db8::1", "100::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
    *("::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2002:808:808::1", "2001:0:7f00:1::", "4000::1", "5f00::1"),
]
PUBLIC = ["8.8.8.8", "193.51.208.13", "2a00:1450:4007::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("url", WRITTEN_WRONG)
def test_an_address_has_one_spelling_and_one_meaning(url: str) -> None:
    with pytest.raises(NotCallable):
        address_of(url)


def test_an_address_is_taken_apart() -> None:
    read = address_of("https://Hospital.example/relais/callbacks")
    assert read == Address(scheme="https", host="hospital.example", port=443, path="/relais/callbacks")
    assert address_of("https://[2A00:1450::1]:8443").host == "2a00:1450::1"
    assert address_of("https://193.51.208.13:8443").path == "/"


def test_http_and_any_port_are_for_this_machine() -> None:
    assert address_of("http://127.0.0.1:9000/x").port == 9000
    assert address_of("http://localhost/").port == 80
    assert address_of("http://[::1]:9000/").host == "::1"


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_not_called(address: str) -> None:
    assert not may_be_called(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_called(address: str) -> None:
    assert may_be_called(ip_address(address))


def test_networks_may_be_allowed_besides() -> None:
    assert may_be_called(ip_address("127.0.0.1"), LOOPBACK)
    assert may_be_called(ip_address("::ffff:127.0.0.1"), LOOPBACK)
    assert not may_be_called(ip_address("10.0.0.1"), LOOPBACK)
    with pytest.raises(ValueError, match="RELAIS_CALLBACK_NETWORKS must read"):
        networks_of("10.0.0.1/8", variable="RELAIS_CALLBACK_NETWORKS")


async def found(*addresses: str) -> Sequence[str]:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return await callable_addresses("hospital.example", 443, allowed=(), resolve=resolve)


async def test_every_address_of_a_host_must_be_public() -> None:
    assert await found("8.8.8.8", "2a00:1450:4007::1") == ("8.8.8.8", "2a00:1450:4007::1")
    for addresses in ([], ["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["8.8.8.8", "::1"]):
        with pytest.raises(NotCallable):
            await found(*addresses)


async def test_of_a_host_that_nobody_knows_the_same_is_said_as_of_one_of_this_network() -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        raise OSError

    with pytest.raises(NotCallable) as unknown:
        await callable_addresses("nowhere.example", 443, allowed=(), resolve=resolve)
    with pytest.raises(NotCallable) as private:
        await found("10.0.0.1")
    assert str(unknown.value) == str(private.value) == "the host has no address, or one that is not public"
