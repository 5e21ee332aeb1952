"""Does Compose refuse to start without a secret, and does it say which one is missing?"""

from collections.abc import Iterator

from deploy.compose.composition import Composition, NotAComposition, docker_compose


def check_secrets(composition: Composition) -> Iterator[str]:
    """Each variable without which Compose goes on, or stops without naming it."""
    try:
        docker_compose(composition.project, "", "config", "-q")
    except NotAComposition as refusal:
        said = str(refusal)
    else:
        said = ""
    for name in sorted(composition.variables):
        if f"required variable {name} is missing" not in said:
            yield f"{name}: Compose starts without it"
