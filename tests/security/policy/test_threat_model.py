"""Each control of the threat model names a test that is there."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[3]
MODEL = (PROJECT / "docs/security/threat-model.md").read_text()
CONTROLS = MODEL.split("## Controls")[1].split("## What remains")[0].strip().splitlines()


def test_every_control_names_tests_that_are_there() -> None:
    named = {control: re.findall(r"`(tests/[^`]+)`", control) for control in CONTROLS[2:]}
    assert [control for control, tests in named.items() if not tests] == []
    assert [test for tests in named.values() for test in tests if not (PROJECT / test).is_file()] == []
