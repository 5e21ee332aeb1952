"""Checks that Compose refuses to start without a secret, and names the missing one."""

from collections.abc import Iterator

from deploy.compose.composition import Composition, NotAComposition, docker_compose


def check_secrets(composition: Composition) -> Iterator[str]:
    """Secrets without which Compose starts, or stops without naming the variable."""
    try:
        docker_compose(composition.project, "", "config", "-q")
    except NotAComposition as refusal:
        said = str(refusal)
    else:
        said = ""
    for name in sorted(composition.variables):
        if f"required variable {name} is missing" not in said:
            yield f"{name}: Compose starts without it"
