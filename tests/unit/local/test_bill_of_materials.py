"""What Relais is made of is told from the locks alone, the same every time."""

from pathlib import Path

import msgspec
import pytest
from cyclonedx.output.json import JsonV1Dot6

from deploy.bill_of_materials import Package, bill, is_accepted, licence_of, locked, packages
from deploy.local.places import PROJECT, SPECIFICATIONS

LOCK = """
# a comment
alpha==1.0 \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
    # via relais
beta==2!3.1 ; sys_platform == 'win32' \\
    --hash=sha256:{a}
""".format(a="a" * 64, b="b" * 64)


def _written(found: list[Package]) -> str:
    jars: list[Path] = [SPECIFICATIONS / "kafka" / "jgo.lock.toml"]
    return JsonV1Dot6(bill(found, frozenset({"alpha"}), jars, LOCK)).output_as_string()


def test_each_package_has_its_version_and_digests() -> None:
    assert list(locked(LOCK)) == [("alpha", "1.0", ("a" * 64, "b" * 64)), ("beta", "2!3.1", ("a" * 64,))]


def test_the_same_lock_gives_the_same_document() -> None:
    found = [Package("alpha", "1.0", ("a" * 64,), "MIT"), Package("beta", "2!3.1", (), None)]
    assert _written(found) == _written(found)
    document = msgspec.json.decode(_written(found))
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    scopes = {each["name"]: each["scope"] for each in document["components"]}
    assert (scopes["alpha"], scopes["beta"], scopes["kafka-clients"]) == ("required", "optional", "optional")


@pytest.mark.parametrize(
    ("expression", "accepted"),
    [
        ("MIT", True),
        ("MIT AND PSF-2.0", True),
        ("AGPL-3.0-only OR Apache-2.0", True),
        ("MIT AND AGPL-3.0-only", False),
        ("GPL-3.0-or-later", False),
        ("unknown", False),
    ],
)
def test_a_licence_counts_when_each_of_its_parts_was_accepted(expression: str, accepted: bool) -> None:
    assert is_accepted(expression) is accepted


def test_what_is_not_installed_here_has_no_licence_that_is_known() -> None:
    assert licence_of("no-such-package") is None


def test_everything_that_is_locked_stands_under_a_licence_that_was_accepted() -> None:
    found = packages((PROJECT / "requirements.lock").read_text())
    assert found
    assert {each for each in found if each.licence is not None and not is_accepted(each.licence)} == set()
