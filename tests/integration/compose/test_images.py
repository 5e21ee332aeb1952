"""The images install the tested versions, and each process finds all it needs in its image.

No image is built: the test lays out the files that the Dockerfile copies and imports every entry point there.
"""

import importlib.metadata
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from deploy.compose.composition import PROJECT, SERVICES

_PINNED = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)
_COPY = re.compile(r"^COPY (?!--from)(\S+) (\S+)$", re.MULTILINE)
_STAGE = re.compile(r"^FROM (\S+) AS (\S+)$", re.MULTILINE)
_IMPORT_ALL = """
import importlib, sys
image, packages, absent, *modules = sys.argv[1:]
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent.split(","):
            raise ModuleNotFoundError(f"{name} is not in the image", name=name)
sys.meta_path.insert(0, Absent())
sys.path[:0] = [image, packages]
for module in modules:
    importlib.import_module(module)
"""


def pinned(*locks: str) -> dict[str, str]:
    text = "\n".join((PROJECT / lock).read_text(encoding="utf-8") for lock in locks)
    return dict(_PINNED.findall(text))


@pytest.mark.parametrize("lock", ["deploy/service.lock", "deploy/sinks.lock"])
def test_an_image_installs_the_versions_that_are_tested(lock: str) -> None:
    tested = pinned("requirements.lock")
    assert {name: version for name, version in pinned(lock).items() if tested.get(name) != version} == {}


def lay_out(target: str, folder: Path, *, service: str = "") -> None:
    """All our files that are copied into a stage or its base stages."""
    dockerfile = (PROJECT / "deploy" / "service.Dockerfile").read_text(encoding="utf-8")
    parts = _STAGE.split(dockerfile)
    stages = {name: (base, text) for base, name, text in zip(*[iter(parts[1:])] * 3, strict=True)}
    while target in stages:
        target, text = stages[target]
        for source, copied in _COPY.findall(text.replace("${SERVICE}", service)):
            if (PROJECT / source).is_dir():
                left_out = shutil.ignore_patterns("testing", "__pycache__")
                shutil.copytree(PROJECT / source, folder / copied, ignore=left_out)
            else:
                (folder / copied).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(PROJECT / source, folder / copied)


def absent_from(*locks: str) -> str:
    """The modules that are installed here and missing in the image."""
    there = {*pinned(*locks), "relais"}
    return ",".join(
        module
        for module, distributions in importlib.metadata.packages_distributions().items()
        if not any(re.sub(r"[-_.]+", "-", name).lower() in there for name in distributions)
    )


def import_in(image: Path, modules: list[str], *, absent: str) -> None:
    """Import in an interpreter that sees only the image's files and locked packages."""
    done = subprocess.run(
        # Without site, so that the working copy is not on the path.
        [sys.executable, "-ISBc", _IMPORT_ALL, str(image), sysconfig.get_path("purelib"), absent, *modules],
        cwd=image,
        env={},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_needs_nothing_but_its_image(service: str, tmp_path: Path) -> None:
    lay_out("service", tmp_path, service=service)
    assert sorted(path.name for path in (tmp_path / "services").iterdir()) == ["__init__.py", service]
    entries = [f"services.{service}.main", f"services.{service}.worker", "shared.database.migrations"]
    entries += ["services.admission.mllp"] if service == "admission" else []
    import_in(tmp_path, [*entries, "shared.web.serve"], absent=absent_from("deploy/service.lock"))


def test_the_sinks_need_nothing_but_their_image(tmp_path: Path) -> None:
    lay_out("sinks", tmp_path)
    entries = [
        f"deploy.local.{name}" for name in ("sms_gateway.__main__", "mail_sink.__main__", "stack.topics")
    ]
    import_in(tmp_path, entries, absent=absent_from("deploy/service.lock", "deploy/sinks.lock"))


def test_what_is_not_in_the_image_would_be_missed(tmp_path: Path) -> None:
    lay_out("service", tmp_path, service="indicators")
    for module in ("services.admission", "deploy", "rich", "shared.testing"):
        with pytest.raises(AssertionError, match="ModuleNotFoundError"):
            import_in(tmp_path, [module], absent=absent_from("deploy/service.lock"))
