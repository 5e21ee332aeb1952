"""Kafka starts with the archive of its classes where there is one for just these jars."""

from pathlib import Path

import pytest

from deploy.local.servers.archive import archive_of
from deploy.local.servers.kafka import KafkaServer


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RELAIS_CACHE_FOLDER", str(tmp_path))
    folder = tmp_path / "maven"
    folder.mkdir()
    return folder


def _server(*jars: str) -> KafkaServer:
    return KafkaServer(Path("data"), 1, 2, account=None, class_path=tuple(map(Path, jars)))


def _archives(server: KafkaServer) -> list[str]:
    return [word for word in server.command() if word.startswith("-XX:AOTCache=")]


def test_an_archive_of_the_same_jars_is_used() -> None:
    server = _server("kafka.jar", "log4j.jar")
    archive = archive_of(server.class_path)
    archive.touch()
    assert _archives(server) == [f"-XX:AOTCache={archive}"]


def test_without_one_and_with_one_of_other_jars_it_starts_all_the_same() -> None:
    archive_of(_server("kafka-4.0.jar").class_path).touch()
    assert _archives(_server("kafka-4.1.jar")) == []
