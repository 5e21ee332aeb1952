"""As whom the broker is used."""

import ssl
from typing import Any

import pytest

from shared.spine.kafka.broker import Broker
from shared.spine.kafka.clients import connection

LOGIN: dict[str, Any] = {"user": "admission", "password": "open sesame"}


def test_addresses_alone_are_a_broker_that_asks_nobody() -> None:
    assert connection("localhost:9092") == {"bootstrap_servers": "localhost:9092"}


def test_a_login_is_sent_where_the_broker_asks_for_one() -> None:
    assert connection(Broker(addresses="localhost:9092", protocol="SASL_PLAINTEXT", **LOGIN)) == {
        "bootstrap_servers": "localhost:9092",
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": "admission",
        "sasl_plain_password": "open sesame",
    }


@pytest.mark.parametrize("protocol", ["SSL", "SASL_SSL"])
def test_the_brokers_certificate_and_name_are_checked_where_the_wire_is_encrypted(protocol: Any) -> None:
    login = LOGIN if protocol == "SASL_SSL" else {}
    context = connection(Broker(addresses="kafka:9092", protocol=protocol, **login))["ssl_context"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize(
    "options",
    [
        {"protocol": "SASL_PLAINTEXT"},
        {"protocol": "SASL_SSL", "user": "admission"},
        {"protocol": "PLAINTEXT", **LOGIN},
        {"protocol": "SASL_PLAINTEXT", "ca_file": "/ca.pem", **LOGIN},
    ],
)
def test_what_does_not_go_together_is_refused(options: Any) -> None:
    with pytest.raises(ValueError, match="RELAIS_KAFKA_"):
        Broker(addresses="localhost:9092", **options)


def test_the_password_is_not_shown() -> None:
    assert "sesame" not in repr(Broker(addresses="localhost:9092", protocol="SASL_PLAINTEXT", **LOGIN))
