"""Each control of the threat model names a test that is there, and each test of an attack is a control's."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[3]
MODEL = (PROJECT / "docs/security/threat-model.md").read_text()
PAGES = [PROJECT / "SECURITY.md", *sorted((PROJECT / "docs/security").glob("*.md"))]
CONTROLS = MODEL.split("## Controls")[1].split("## What remains")[0].strip().splitlines()


def test_every_control_names_tests_that_are_there() -> None:
    named = {control: re.findall(r"`(tests/[^`]+)`", control) for control in CONTROLS[2:]}
    assert [control for control, tests in named.items() if not tests] == []
    assert [test for tests in named.values() for test in tests if not (PROJECT / test).is_file()] == []


def test_every_test_of_an_attack_is_named_by_a_control() -> None:
    named = set(re.findall(r"`(tests/security/[^`]+)`", MODEL))
    there = {str(test.relative_to(PROJECT)) for test in (PROJECT / "tests/security").rglob("test_*.py")}
    assert there - named == set()


def test_every_page_about_security_leads_to_what_is_there() -> None:
    links = {
        (page.name, link): (page.parent / link).resolve()
        for page in PAGES
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text())
    }
    assert len(links) > 20
    assert [where for where, path in links.items() if not path.exists()] == []
