"""The environment of admission."""

import base64

import pytest

from services.admission.settings import Settings

COMPLETE = {
    "RELAIS_DATABASE_URL": "postgresql://localhost/admission",
    "RELAIS_KAFKA_BOOTSTRAP": "localhost:9092",
    "RELAIS_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
}


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SystemExit, match="RELAIS_KAFKA_BOOTSTRAP, RELAIS_DATABASE_URL, RELAIS_MASTER_KEY"):
        Settings.of({})


def test_the_rest_has_defaults() -> None:
    settings = Settings.of(COMPLETE)
    assert settings.test_numbers == "refused"
    assert (settings.peers, settings.bootstrap_key_sha256, settings.metrics_port) == ("", "", 0)


def test_peers_are_named_addresses() -> None:
    peers = "pathway=http://127.0.0.1:8102, notifications=http://127.0.0.1:8103/"
    assert Settings.of(COMPLETE | {"RELAIS_PEERS": peers}).peer_urls == {
        "pathway": "http://127.0.0.1:8102",
        "notifications": "http://127.0.0.1:8103",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RELAIS_MASTER_KEY", "c2hvcnQ="),
        ("RELAIS_MASTER_KEY", "not base64"),
        ("RELAIS_PEERS", "pathway"),
        ("RELAIS_BOOTSTRAP_KEY_SHA256", "abc"),
        ("RELAIS_METRICS_PORT", "eight"),
        ("RELAIS_TEST_NUMBERS", "some"),
    ],
)
def test_what_is_wrong_ends_the_process_without_quoting_secrets(name: str, value: str) -> None:
    with pytest.raises(SystemExit) as ended:
        Settings.of(COMPLETE | {name: value})
    assert "cannot start" in str(ended.value)
    assert name in {"RELAIS_METRICS_PORT", "RELAIS_TEST_NUMBERS"} or value not in str(ended.value)
