"""Checks that every file that is mounted or built in exists and that .dockerignore lets it through."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from deploy.compose.composition import SERVICES, Composition

_COPY: Final = re.compile(r"^COPY (?!--from)(?P<paths>.+)$", re.MULTILINE)
_STAGE: Final = re.compile(r"^FROM \S+ AS (\S+)$", re.MULTILINE)


def check_paths(composition: Composition) -> Iterator[str]:
    """Paths that do not exist or are excluded from the build context."""
    project = composition.project
    dockerfiles: set[Path] = set()
    for name, container in composition.containers.items():
        for mount in container.get("volumes", []):
            if mount["type"] == "bind" and not Path(mount["source"]).exists():
                yield f"{name}: {_shown(project, mount['source'])} does not exist"
        env_file = composition.written["services"][name].get("env_file")
        if env_file is not None and not (project / env_file).is_file():
            yield f"{name}: {env_file} does not exist"
        if (build := container.get("build")) is not None:
            dockerfile = Path(build["context"]) / build["dockerfile"]
            dockerfiles.add(dockerfile)
            yield from (f"{name}: {problem}" for problem in _of_target(dockerfile, build.get("target")))
    for dockerfile in sorted(dockerfiles):
        if dockerfile.is_file():
            yield from _of_dockerfile(project, dockerfile)


def _of_target(dockerfile: Path, target: str | None) -> Iterator[str]:
    if not dockerfile.is_file():
        yield f"{dockerfile.name} does not exist"
    elif target not in _STAGE.findall(dockerfile.read_text(encoding="utf-8")):
        yield f"{dockerfile.name} has no stage {target}"


def _of_dockerfile(project: Path, dockerfile: Path) -> Iterator[str]:
    let_in = [
        line.removeprefix("!")
        for line in (project / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    ]
    for copied in _COPY.finditer(dockerfile.read_text(encoding="utf-8")):
        for template in copied["paths"].split()[:-1]:
            for source in sorted({template.replace("${SERVICE}", service) for service in SERVICES}):
                if not (project / source).exists():
                    yield f"{dockerfile.name}: {source} does not exist"
                elif not any(source == path or source.startswith(f"{path}/") for path in let_in):
                    yield f"{dockerfile.name}: .dockerignore keeps {source} from the builder"


def _shown(project: Path, source: str) -> str:
    path = Path(source)
    return str(path.relative_to(project)) if path.is_relative_to(project) else source
