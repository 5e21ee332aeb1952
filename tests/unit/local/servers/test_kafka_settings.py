"""The one Kafka node is set up for one node, on this machine only."""

from pathlib import Path

from deploy.local.servers.kafka_settings import as_properties, broker_settings

SETTINGS = broker_settings(data=Path("/data"), port=1, controller_port=2)


def test_no_topic_waits_for_a_second_node() -> None:
    replicated = {name: value for name, value in SETTINGS.items() if "replica" in name or "isr" in name}
    assert len(replicated) >= 7
    assert set(replicated.values()) == {"1"}


def test_only_code_makes_topics_and_replays_find_their_records() -> None:
    assert SETTINGS["auto.create.topics.enable"] == "false"
    assert int(SETTINGS["log.retention.hours"]) == 30 * 24


def test_it_listens_on_this_machine_only() -> None:
    assert SETTINGS["listeners"] == "CLIENTS://127.0.0.1:1,CONTROLLER://127.0.0.1:2"
    assert SETTINGS["controller.quorum.bootstrap.servers"] == "127.0.0.1:2"


def test_with_passwords_it_asks_everybody_who_they_are_and_lets_them_do_what_they_have_a_right_to() -> None:
    passwords = {"broker": "b-1", "operator": "o-1", "pathway": "p-1"}
    settings = broker_settings(data=Path("/data"), port=1, controller_port=2, passwords=passwords)
    protocols = settings["listener.security.protocol.map"]
    assert protocols == "CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT"
    assert settings["super.users"] == "User:broker;User:operator"
    assert settings["authorizer.class.name"].endswith(".StandardAuthorizer")
    assert 'user_pathway="p-1"' in settings["listener.name.clients.plain.sasl.jaas.config"]
    assert "p-1" not in settings["listener.name.controller.plain.sasl.jaas.config"]


def test_they_are_written_as_properties() -> None:
    assert as_properties({"a": "1", "b.c": "2"}) == "a=1\nb.c=2\n"


def test_java_reads_back_a_path_with_spaces_accents_and_more() -> None:
    path = "/home/zoé/Mes projets/relais été\\ 🚑"
    written = as_properties({"log.dirs": path})
    assert written.isascii()
    # What java.util.Properties does with escapes, a pair of surrogates included.
    units = written.removeprefix("log.dirs=").removesuffix("\n").encode().decode("unicode_escape")
    assert units.encode("utf-16", "surrogatepass").decode("utf-16") == path
