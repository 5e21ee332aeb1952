"""`python -m deploy.compose_check`: checks docker-compose.yml without an engine.

The real `docker-compose config` checks the schema; every path, variable, port, address and command is checked
against the repository. Prints one line for each problem, and exits with 1 if there is any.
"""

import sys
from collections.abc import Callable, Iterable
from typing import Final

from deploy.compose.addresses import check_addresses
from deploy.compose.broker import check_broker
from deploy.compose.commands import check_commands
from deploy.compose.composition import Composition, NotAComposition, load
from deploy.compose.hardening import check_hardening
from deploy.compose.networks import check_networks
from deploy.compose.paths import check_paths
from deploy.compose.secrets import check_secrets
from deploy.compose.variables import check_variables

Check = Callable[[Composition], Iterable[str]]

CHECKS: Final[dict[str, Check]] = {
    "secrets": check_secrets,
    "paths": check_paths,
    "commands": check_commands,
    "variables": check_variables,
    "addresses": check_addresses,
    "broker": check_broker,
    "hardening": check_hardening,
    "networks": check_networks,
}


def problems_of(composition: Composition) -> dict[str, list[str]]:
    """Check -> the problems that it found."""
    return {name: list(check(composition)) for name, check in CHECKS.items()}


def main() -> int:
    """Print what was checked and found; returns the exit code."""
    try:
        composition = load()
    except NotAComposition as refusal:
        sys.stdout.write(f"FAILED  schema\n        {refusal}\n")
        return 1
    found = problems_of(composition)
    sys.stdout.write(f"ok      schema ({len(composition.containers)} containers)\n")
    for name, problems in found.items():
        sys.stdout.write(f"{'FAILED' if problems else 'ok':8}{name}\n")
        sys.stdout.writelines(f"        {problem}\n" for problem in problems)
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
