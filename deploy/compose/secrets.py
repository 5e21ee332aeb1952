"""Checks that secrets are files, given to who uses them and to nobody else; no environment tells one."""

import re
from collections.abc import Iterator
from typing import Final

from deploy.compose.composition import SERVICES, Composition, Container

MOUNTED: Final = "/run/secrets"
_MENTIONED: Final = re.compile(rf"{MOUNTED}/(\w+)")
_TELLS: Final = re.compile(r"PASSWORD|_KEYS?$|SECRET|_URL$|SHA256")
_IN_A_FILE: Final = "_FILE"
_PUBLIC: Final = {"RELAIS_SMS_URL", "RELAIS_HEALTH_URL", "RELAIS_PUBLIC_URL"}


def check_secrets(composition: Composition) -> Iterator[str]:
    """Secrets that nobody makes, that are told to who does not need them, or that an environment shows."""
    yield from (f"{name} comes from an environment" for name in sorted(composition.variables))
    declared = composition.written["secrets"]
    for name in declared.keys() ^ composition.secrets.keys():
        place = "docker-compose.yml" if name in declared else "make_secrets.py"
        yield f"{name} is only in {place}"
    for name, secret in declared.items():
        if secret != {"file": f"./secrets/{name}"}:
            yield f"{name} is no file of ./secrets"
    for container, described in composition.containers.items():
        yield from (f"{container}: {problem}" for problem in _of_container(composition, described))


def _of_container(composition: Composition, container: Container) -> Iterator[str]:
    environment = {name: str(value) for name, value in (container.get("environment") or {}).items()}
    given = {secret["source"]: secret.get("target") or "" for secret in container.get("secrets", [])}
    for name, value in environment.items():
        if _TELLS.search(name) and not name.endswith(_IN_A_FILE) and name not in _PUBLIC:
            yield f"{name} is no file"
        if any(secret in value for secret in composition.secrets.values()):
            yield f"{name} tells a secret"
    used = set(_MENTIONED.findall(" ".join([*environment.values(), *map(str, _words(container))])))
    used |= {name for secret in given for name in _MENTIONED.findall(composition.secrets.get(secret, ""))}
    used |= {name for name, target in given.items() if target.startswith("/") and MOUNTED not in target}
    if "POSTGRES_PASSWORD_FILE" in environment:  # its script makes the databases
        used |= {f"{service}_database_password" for service in SERVICES}
    yield from (f"is given {name} and does not use it" for name in sorted(given.keys() - used))
    yield from (f"uses {name} and is not given it" for name in sorted(used - given.keys()))


def _words(container: Container) -> list[str]:
    return [*(container.get("entrypoint") or []), *(container.get("command") or [])]
