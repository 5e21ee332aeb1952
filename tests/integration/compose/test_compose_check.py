"""docker-compose.yml fits the repository, and the check notices each kind of mistake."""

import copy
import platform
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from deploy.compose.composition import PROJECT, Composition, load
from deploy.compose_check import CHECKS, main, problems_of

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64",
    reason="NO docker-compose FROM PyPI FOR THIS MACHINE: docker-compose.yml was not checked",
)


@pytest.fixture(scope="module")
def composition() -> Composition:
    return load()


def test_nothing_in_the_file_disagrees_with_the_repository(composition: Composition) -> None:
    assert {name: problems for name, problems in problems_of(composition).items() if problems} == {}


def changed(composition: Composition, change: Callable[[dict[str, Any]], object]) -> Composition:
    containers = copy.deepcopy(dict(composition.containers))
    change(containers)
    return replace(composition, containers=containers)


def network(*names: str) -> dict[str, None]:
    return dict.fromkeys(names)


def set_environment(container: str, **variables: str) -> Callable[[dict[str, Any]], object]:
    return lambda containers: containers[container]["environment"].update(variables)


MISTAKES: list[tuple[str, str, Callable[[dict[str, Any]], object]]] = [
    ("paths", "grafana", lambda all_: all_["grafana"]["volumes"][0].update(source=str(PROJECT / "nowhere"))),
    ("paths", "mail-sink", lambda all_: all_["mail-sink"]["build"].update(target="nothing")),
    ("commands", "pathway-worker", lambda all_: all_.pop("pathway-worker")),
    (
        "commands",
        "services.pathway.runner",
        lambda all_: all_["pathway-worker"]["command"].__setitem__(2, "services.pathway.runner"),
    ),
    (
        "commands",
        "holds pathway",
        lambda all_: all_["pathway-worker"]["command"].__setitem__(2, "services.admission.worker"),
    ),
    (
        "commands",
        "main:application",
        lambda all_: all_["pathway-api"]["command"].__setitem__(3, "services.pathway.main:application"),
    ),
    (
        "commands",
        "holds admission",
        lambda all_: all_["pathway-api"]["build"]["args"].update(SERVICE="admission"),
    ),
    (
        "commands",
        "operations have no port",
        lambda all_: all_["pathway-api"].update(command=all_["pathway-api"]["command"][:-2]),
    ),
    (
        "variables",
        "nobody reads RELAIS_KAFKA_SERVERS",
        set_environment("indicators-worker", RELAIS_KAFKA_SERVERS="kafka:9092"),
    ),
    (
        "variables",
        "RELAIS_KAFKA_PASSWORD_FILE names no file",
        set_environment("pathway-api", RELAIS_KAFKA_PASSWORD_FILE="/nowhere"),
    ),
    (
        "variables",
        "nobody reads RELAIS_HEALTH_URL_FILE",
        set_environment("pathway-api", RELAIS_HEALTH_URL_FILE="/run/secrets/url"),
    ),
    (
        "variables",
        "RELAIS_DATABASE_URL",
        lambda all_: all_["indicators-api"]["environment"].pop("RELAIS_DATABASE_URL_FILE"),
    ),
    (
        "variables",
        "RELAIS_MASTER_KEY",
        set_environment("admission-api", RELAIS_MASTER_KEY_FILE="/run/secrets/peer_key_sha256"),
    ),
    (
        "addresses",
        "nobody listens at pathway-api:8112",
        set_environment("admission-api", RELAIS_PEERS="pathway=http://pathway-api:8112"),
    ),
    (
        "addresses",
        "nobody listens at postgresql:5432",
        set_environment("pathway-api", RELAIS_DATABASE_URL="postgresql://a:b@postgresql:5432/a"),
    ),
    ("addresses", "open to the network", lambda all_: all_["pathway-api"]["ports"][0].pop("host_ip")),
    ("addresses", "published 2 times", lambda all_: all_["pathway-api"]["ports"][0].update(published="8101")),
    (
        "addresses",
        "does not lead to itself",
        set_environment("pathway-worker", RELAIS_HEALTH_URL="http://127.0.0.1:8102/health"),
    ),
    ("commands", "admission-mllp", lambda all_: all_.pop("admission-mllp")),
    (
        "addresses",
        "published port 2575",
        set_environment("admission-mllp", RELAIS_MLLP_PORTS="2576"),
    ),
    (
        "addresses",
        "RELAIS_PUBLIC_URL",
        set_environment("notifications-api", RELAIS_PUBLIC_URL="http://127.0.0.1:9999"),
    ),
    (
        "addresses",
        "shares no network with kafka",
        lambda all_: all_["pathway-worker"].update(networks=network("database", "platform", "figures")),
    ),
    (
        "secrets",
        "RELAIS_MASTER_KEY is no file",
        set_environment("admission-api", RELAIS_MASTER_KEY="secret"),
    ),
    (
        "secrets",
        "pathway-api: is given admission_master_key and does not use it",
        lambda all_: all_["pathway-api"]["secrets"].append({"source": "admission_master_key"}),
    ),
    (
        "secrets",
        "pathway-worker: uses authority and is not given it",
        lambda all_: all_["pathway-worker"].update(
            secrets=[one for one in all_["pathway-worker"]["secrets"] if one["source"] != "authority"]
        ),
    ),
    (
        "variables",
        "RELAIS_KAFKA_USER and RELAIS_KAFKA_PASSWORD",
        lambda all_: all_["pathway-api"]["environment"].pop("RELAIS_KAFKA_USER"),
    ),
    (
        "broker",
        "CLIENTS is SASL_PLAINTEXT",
        set_environment(
            "kafka",
            KAFKA_LISTENER_SECURITY_PROTOCOL_MAP="CLIENTS:SASL_PLAINTEXT,HOST:SASL_SSL,CONTROLLER:SASL_PLAINTEXT",
        ),
    ),
    (
        "broker",
        "CONTROLLER is SASL_PLAINTEXT",
        set_environment("kafka", KAFKA_LISTENERS="CLIENTS://:9092,HOST://:19092,CONTROLLER://:19093"),
    ),
    ("broker", "authorizer.class.name", set_environment("kafka", KAFKA_AUTHORIZER_CLASS_NAME="")),
    (
        "networks",
        "mail-sink and kafka share the network bus",
        lambda all_: all_["mail-sink"].update(networks=network("bus")),
    ),
    (
        "networks",
        "network of everybody",
        lambda all_: all_["tempo"].update(networks=network("default")),
    ),
    ("hardening", "loki: its memory", lambda all_: all_["loki"].pop("mem_limit")),
    ("hardening", "kafka: it keeps capabilities", lambda all_: all_["kafka"].pop("cap_drop")),
    ("hardening", "grafana: it may gain", lambda all_: all_["grafana"].pop("security_opt")),
    ("hardening", "postgres: it runs as root", lambda all_: all_["postgres"].pop("user")),
    ("broker", "log.retention.hours", set_environment("kafka", KAFKA_LOG_RETENTION_HOURS="1")),
    ("hardening", "written to", lambda all_: all_["pathway-api"].update(read_only=False)),
    ("hardening", "capabilities", lambda all_: all_["pathway-api"].update(cap_add=["NET_ADMIN"])),
    ("hardening", "user of its image", lambda all_: all_["pathway-api"].update(user="0")),
]


@pytest.mark.parametrize(("check", "named", "mistake"), MISTAKES, ids=[named for _, named, _ in MISTAKES])
def test_a_mistake_is_noticed_and_named(
    composition: Composition, check: str, named: str, mistake: Callable[[dict[str, Any]], object]
) -> None:
    problems = list(CHECKS[check](changed(composition, mistake)))
    assert any(named in problem for problem in problems), problems


def test_a_secret_that_comes_from_an_environment_or_that_nobody_makes_is_noticed(
    composition: Composition,
) -> None:
    asked = replace(composition, variables=frozenset({"MASTER_KEY"}))
    assert "MASTER_KEY comes from an environment" in list(CHECKS["secrets"](asked))
    fewer = {name: value for name, value in composition.secrets.items() if name != "peer_key"}
    assert "peer_key is only in docker-compose.yml" in list(
        CHECKS["secrets"](replace(composition, secrets=fewer))
    )


def test_a_listener_that_knows_another_password_is_noticed(composition: Composition) -> None:
    other = {**composition.secrets, "pathway_kafka_password": "another one"}
    found = list(CHECKS["broker"](replace(composition, secrets=other)))
    assert found == ["kafka: CLIENTS does not know pathway", "kafka: HOST does not know pathway"]


def test_the_command_says_what_it_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    said = capsys.readouterr().out
    assert all(f"ok      {check}" in said for check in ("schema", *CHECKS))
